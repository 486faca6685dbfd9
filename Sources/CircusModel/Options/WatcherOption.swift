/// One option of a watcher or program: what it is called in both systems, what it takes, what a change of it does.
/// The only place that says so; readers, `add`, `set`, `get`, `options`, `save`, checks and documents follow it.
package struct WatcherOption: Sendable {
  /// What its values look like.
  package enum Kind: Sendable, Equatable {
    case text
    case integer
    /// Fractions are taken; `isWhole`: a file may say whole seconds, which are kept as such.
    case seconds(isWhole: Bool)
    case boolean
    case signal
    /// A user or a group, by name or number.
    case identity
    /// One of these words; the aliases stand for some of them.
    case choice([String], aliases: [String: String])
    /// Of supervisor alone: `50MB`, `022`, `0,2`, `unexpected`.
    case bytes, octal, exitCodes, restartPolicy
    /// A text with a grammar of its own, in both dialects.
    case grammar(Grammar)
    /// Several values under one name (environments, hooks, limits, streams), which code of their own reads.
    case composite
  }

  /// What a text must look like to be a value.
  package enum Grammar: Sendable, Equatable {
    /// `all`, a number or a percentage.
    case readyFloor
    /// One of the forms of `Readiness`.
    case readiness
    /// `USR1:web, HUP:nginx`.
    case forwardedSignals
    /// A number or a percentage.
    case rolloutShare
    /// One of the forms of `ProbeTarget`, which may hold variables.
    case probe
    /// `200-399, 404`.
    case statusRanges
    /// `Accept: text/plain, X-Token: abc`.
    case headers
    /// One of `RuleAction`.
    case ruleAction
    /// One of `ProcessLimit`.
    case limit(ProbeKind)
    /// One of `SampleRule`.
    case samples
    /// `75: stop, 100-110: restart`.
    case exitActions
    /// One of `Timetable`.
    case timetable

    /// Variables in it may mean something else for each process.
    package var isPerProcess: Bool { self == .probe || self == .limit(.fileAge) }
  }

  /// How one system spells it.
  package struct Spelling: Sendable {
    package var key: String
    package var kind: Kind
    /// What that system's own reader lists where the file says nothing; nil: it lists nothing.
    package var listed: ConfigValue?

    package init(_ key: String, _ kind: Kind, listed: ConfigValue? = nil) {
      self.key = key
      self.kind = kind
      self.listed = listed
    }
  }

  /// What `set` does with processes that run.
  package enum Applies: String, Sendable {
    /// They go on, and it holds at once.
    case live = "at once"
    /// They are replaced, one group after the other.
    case rolling = "processes are replaced"
    /// Their output is pointed elsewhere; where it was not captured before, they are replaced.
    case streams = "at once, where output was captured before"
    /// By a change of the file alone, which stops and starts them.
    case restart = "by the file: stop and start"
  }

  package struct Traits: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// `set` and `add` take it.
    package static let settable = Traits(rawValue: 1)
    /// `options` and `get` tell it.
    package static let shown = Traits(rawValue: 2)
    /// Of this daemon; the stock one keeps it as an option of the user's own, or passes it over.
    package static let ours = Traits(rawValue: 4)
    /// circus's reader keeps its text, whatever kind it is.
    package static let textInFiles = Traits(rawValue: 8)
    /// Understood, and of no effect.
    package static let idle = Traits(rawValue: 16)
    /// supervisor evaluates it for each process, not once for the program.
    package static let perProcess = Traits(rawValue: 32)
    /// The constructor of a watcher does not take it: it stands among the options of the user's own.
    package static let freeform = Traits(rawValue: 64)
  }

  package var circus: Spelling?
  package var supervisor: Spelling?
  /// supervisor's option that says the same in other values: `autorestart` for `respawn`.
  package var counterpart: String?
  /// Where a watcher has it; nil: nowhere, or in a way code of its own knows.
  package var field: Field?
  package var applies: Applies
  /// Whether a process is started differently with another value: a changed file restarts it then.
  package var affectsLaunch: Bool
  package var traits: Traits
  /// The least and the greatest number that `set` takes.
  package var range: ClosedRange<Int>?
  /// What it is for, in a line.
  package var help: String
  /// What the other system has instead, for those who convert a file; nil: the same, or nothing.
  package var elsewhere: String?

  package init(
    circus: Spelling? = nil, supervisor: Spelling? = nil, counterpart: String? = nil,
    _ field: Field? = nil, _ applies: Applies,
    affectsLaunch: Bool? = nil, _ traits: Traits = [], range: ClosedRange<Int>? = nil,
    help: String, elsewhere: String? = nil
  ) {
    self.circus = circus
    self.supervisor = supervisor
    self.counterpart = counterpart
    self.field = field
    self.applies = applies
    self.affectsLaunch = affectsLaunch ?? (applies != .live)
    self.traits = traits
    self.range = range
    self.help = help
    self.elsewhere = elsewhere
  }

  /// The name it has in both systems, with the same meaning; nil: one of them lacks it or calls it otherwise.
  package var commonKey: String? {
    guard let key = circus?.key, key == supervisor?.key, circus?.kind == supervisor?.kind,
      has(.ours)
    else { return nil }
    return key
  }

  package func has(_ trait: Traits) -> Bool { traits.contains(trait) }
}

extension WatcherOption {
  /// Where a watcher has a value.
  package typealias Field = OptionField<WatcherSpec>
}
