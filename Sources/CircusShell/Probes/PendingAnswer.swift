import CircusCore
import CircusModel
import EventLoop
import LinuxSystem

/// The answer that a question waits for: there is one, and within the question's time.
final class PendingAnswer {
  private let start = Clock.monotonic
  private let sleep = SleepWatch()
  private var receive: ((ProbeAnswer) -> Void)?
  private var timer: Registration?

  /// Nothing was answered yet, and the question was not withdrawn.
  var isOpen: Bool { receive != nil }

  /// Nanoseconds since the question was put.
  var age: Int64 { Clock.monotonic - start }

  func await(_ receive: @escaping (ProbeAnswer) -> Void) { self.receive = receive }

  /// Calls `expire` with the answer for a question whose time is over: a machine that slept says nothing of a process.
  func limit(
    milliseconds: Int, _ loop: EventLoop, late: @escaping () -> String,
    expire: @escaping (ProbeAnswer.Outcome, String) -> Void
  ) {
    timer = loop.after(milliseconds: milliseconds) { [unowned self] in
      if sleep.hasSlept { expire(.error, "the machine slept") } else { expire(.failure, late()) }
    }
  }

  /// Answers, unless that was done already.
  func give(_ outcome: ProbeAnswer.Outcome, _ text: String) {
    let receive = self.receive
    withdraw()
    receive?(ProbeAnswer(outcome, text, took: Interval(nanoseconds: age)))
  }

  /// No answer is wanted any more.
  func withdraw() {
    receive = nil
    timer?.cancel()
    timer = nil
  }
}
