import CircusConfig
import ConfigurationFiles
import LinuxSystem

/// `circusctl convert FILE`: the file in the other system's words, on standard output; needs no daemon.
enum Convert {
  static let verb = "convert"
  static let summary = "Print a circus file as a supervisor file, or the other way round"
  static let help = """
    usage: circusctl convert <file>

    \(summary)

    What has no equivalent is listed in comments at the top. Ends with 1 when the file
    cannot be read or converted.
    """

  static func run(_ words: [String]) -> Int32 {
    if words.contains("--help") || words.contains("-h") {
      Terminal.say(help)
      return 0
    }
    guard words.count == 1, let path = words.first else {
      Terminal.complain("Invalid number of arguments\n\(help)")
      return 2
    }
    do {
      let conversion = try Conversion(
        of: path, files: DiskFiles(), environment: Environment.variables,
        hostName: Environment.hostName, workingDirectory: Files.currentDirectory)
      try writeAll(1, Array(conversion.text.utf8))
      return 0
    } catch let failure as Conversion.Failure {
      Terminal.complain(failure.text)
    } catch {
      Terminal.complain("\(error)")
    }
    return 1
  }
}
