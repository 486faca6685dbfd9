import CircusModel

/// A start or stop order whose answer is parked until its processes are where they should be.
struct SupervisedCall {
  enum Kind: Hashable { case start, stop }

  /// A process that is not there yet; named, for it may be gone when it is.
  struct Pending {
    let key: ProcessKey
    let name: String
    let group: String
    /// The life that a stop ends; nil: there was none.
    let life: ProcessID?

    init(_ view: ProcessView) {
      (key, name, group, life) = (view.key, view.name, view.group, view.slot?.id)
    }
  }

  var ticket: Ticket
  var kind: Kind
  /// Whether a start is done when the process counts as running, or as soon as it was tried.
  var waits: Bool
  /// One process was named: the answer is a boolean or a fault, not a list.
  var isSingle: Bool
  var pending: [Pending]
  var results: [ProcessResult]
  /// When the log next tells whom a stop is waiting for.
  var nextReport: Instant?
}
