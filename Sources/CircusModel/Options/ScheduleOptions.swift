/// When a watcher is started by itself.
extension WatcherOption {
  static let schedule: [WatcherOption] = [
    own(
      "schedule", .grammar(.timetable), .text(\.schedule.text),
      "When it is run: `15 3 * * mon-fri`, @daily, every:20m; its processes run to their end, as of a oneshot"
    ),
    own(
      "schedule.timezone", .text, .text(\.schedule.zone),
      "Name of the tz database, such as Europe/Berlin; the machine's zone"),
    own(
      "schedule.overlap", .words(of: ScheduleSpec.Overlap.self),
      Field(
        \.schedule.overlap, read: { .string($0.rawValue) },
        write: { $0 = $1.string.flatMap(ScheduleSpec.Overlap.init(rawValue:)) ?? $0 }),
      "When it is time and the run before is not over: skip, queue or replace; skip"),
    own(
      "schedule.missed", .choice(["skip", "once"], aliases: ["run_once": "once"]),
      Field(
        \.schedule.missed, read: { .string($0.rawValue) },
        write: { $0 = $1.string.flatMap(ScheduleSpec.Missed.init(rawValue:)) ?? $0 }),
      "After times at which no daemon ran: skip, or once; skip"),
    own(
      "schedule.jitter", .seconds(isWhole: false), .seconds(\.schedule.jitter),
      "Most seconds by which it is later; always by the same on one machine"),
    own(
      "schedule.run_on_start", .boolean, .boolean(\.schedule.runsOnStart),
      "Also run when the daemon starts; no"),
  ]
}
