import CircusModel

/// One probe of one life: when it is asked, and what is known.
package struct ProbeState: Sendable {
  /// Whether a question is due, or under way.
  enum Phase: Equatable {
    /// To be asked then.
    case due(Instant)
    /// Asked; the answer bears this number.
    case asking(token: Int, since: Instant)
  }

  /// An answer as it is remembered.
  package struct Result: Hashable, Sendable {
    package var answer: ProbeAnswer
    /// Seconds since the epoch.
    package var wall: Double
  }

  /// What follows from an answer.
  enum Change { case passed, failed, cannotAsk }

  /// What is asked, and how; it is large, and always the same.
  final class Definition: Sendable {
    let spec: ProbeSpec
    /// A problem: it cannot be used.
    let check: Swift.Result<ProbeCheck, SpawnFailure>

    init(_ spec: ProbeSpec, _ check: Swift.Result<ProbeCheck, SpawnFailure>) {
      self.spec = spec
      self.check = check
    }
  }

  private let definition: Definition
  var phase: Phase
  package internal(set) var verdict: ProbeVerdict
  /// The last answers in a row that were alike.
  package private(set) var run = (isSuccess: true, count: 0)
  /// The last answers, a bit for each failure, the newest lowest; where they are counted in a window.
  private var failures: UInt64 = 0
  /// Questions in a row that could not be asked.
  private var errors = 0
  /// The last answers, the newest last.
  package private(set) var results: [Result] = []
  /// By which part of a period the second question is later: a thousand probes of one watcher are not one burst.
  private var share: Double

  /// Answers that are remembered.
  private static let memory = 5
  /// Questions in a row that cannot be asked, until that is told.
  private static let patience = 3
  /// Questions that come a second apart or more are asked at common moments: one turn of the daemon serves many.
  private static let grid = Int64(50_000_000)

  init(
    _ spec: ProbeSpec, check: Swift.Result<ProbeCheck, SpawnFailure>, at due: Instant,
    verdict: ProbeVerdict, share: Double
  ) {
    self.share = share
    definition = Definition(spec, check)
    self.verdict = verdict
    phase = .due(due)
  }

  package var spec: ProbeSpec { definition.spec }
  var check: Swift.Result<ProbeCheck, SpawnFailure> { definition.check }

  /// When it is to be asked.
  package var due: Instant? { if case .due(let instant) = phase { instant } else { nil } }
  /// The number of the question under way; nil: there is none.
  var token: Int? { if case .asking(let token, _) = phase { token } else { nil } }

  /// In which time an answer must come.
  var timeout: Interval {
    let isCommand = if case .success(.exec) = check { true } else { false }
    return spec.timeout(isCommand: isCommand)
  }

  /// Takes an answer; nil: what is known stays as it is.
  mutating func take(_ answer: ProbeAnswer, _ now: Moment) -> Change? {
    if case .asking(_, let since) = phase {
      let period = max(spec.period, ProbeSpec.leastPeriod)
      // Never two at a time; what was missed is not made up for.
      var due = since + period
      due = due + Interval(seconds: period.seconds * share)
      share = 0
      phase = .due(max(now.instant, Self.rounded(due, period)))
    }
    results.append(Result(answer: answer, wall: now.wall))
    if results.count > Self.memory { results.removeFirst() }
    guard answer.outcome != .error else {
      errors += 1
      return errors == Self.patience ? .cannotAsk : nil
    }
    errors = 0
    let isSuccess = answer.outcome == .success
    run = run.isSuccess == isSuccess ? (isSuccess, run.count + 1) : (isSuccess, 1)
    failures = failures << 1 | (isSuccess ? 0 : 1)
    guard isEnough(isSuccess), verdict != (isSuccess ? .passing : .failing) else { return nil }
    // Of a check that is asked until it succeeds the failures mean nothing.
    if spec.kind == .ready, !isSuccess { return nil }
    let former = verdict
    verdict = isSuccess ? .passing : .failing
    // To be within a limit is no news, unless it was not.
    if spec.kind.isLimit, isSuccess, former == .unknown { return nil }
    return isSuccess ? .passed : .failed
  }

  /// Whether the answers together make a verdict of the last one.
  private func isEnough(_ isSuccess: Bool) -> Bool {
    guard spec.window > 0 else {
      return run.count >= (isSuccess ? spec.successThreshold : spec.failureThreshold)
    }
    return isSuccess == (failuresInWindow < spec.failureThreshold)
  }

  private var failuresInWindow: Int {
    let window = min(spec.window, SampleRule.longest)
    return (failures & (window < 64 ? 1 << UInt64(window) - 1 : .max)).nonzeroBitCount
  }

  /// It fails, and the last answer was one of the failures: what is to be done for a limit is done now, unless it is yet
  /// to be waited for.
  var isOverLimit: Bool { spec.kind.isLimit && verdict == .failing && !run.isSuccess }

  private static func rounded(_ due: Instant, _ period: Interval) -> Instant {
    guard period >= .seconds(1) else { return due }
    let middle = due + Interval(nanoseconds: grid / 2)
    return Instant(nanoseconds: middle.nanoseconds / grid * grid)
  }

  /// `http 503, 3 times`.
  package var lastWords: String {
    guard let last = results.last else { return "not asked yet" }
    if spec.window > 0, verdict == .failing {
      return "\(last.answer.text), \(failuresInWindow) of \(spec.window) samples"
    }
    return run.count > 1 ? "\(last.answer.text), \(run.count) times" : last.answer.text
  }
}
