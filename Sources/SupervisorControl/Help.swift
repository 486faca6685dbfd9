/// `help` and `help COMMAND` (supervisor.md 6.5).
enum Help {
  static let overview = """

    default commands (type help <topic>):
    =====================================
    add    exit      open  reload  restart   start   tail   
    avail  fg        pid   remove  shutdown  status  update 
    clear  maintail  quit  reread  signal    stop    version

    """

  static func show(_ topic: String?, _ controller: Controller) {
    guard let topic else { return controller.say(overview) }
    if topic == "help" {
      controller.say("help\t\tPrint a list of available actions")
      controller.say("help <action>\tPrint help for <action>")
    } else if let command = Command.named(topic) {
      for line in command.help { controller.say(line) }
    } else {
      controller.say("*** No help on \(topic)")
    }
  }
}
