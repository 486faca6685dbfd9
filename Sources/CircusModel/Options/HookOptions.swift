/// What is called at which point.
extension WatcherOption {
  static let hooks: [WatcherOption] = [
    WatcherOption(
      circus: .init("hooks", .composite, listed: .map([:])), nil, .live, [.settable],
      help:
        "hooks.NAME: a Python function or exec: and a command; hooks.timeout: seconds one may take",
      elsewhere: "supervisor has no hooks; an event listener hears of it afterwards")
  ]
}
