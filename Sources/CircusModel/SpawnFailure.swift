/// Why a process could not be started.
package struct SpawnFailure: Hashable, Sendable {
  /// What the operator reads: which step, which file, which reason.
  package var text: String
  /// The machine is short of something (EAGAIN, EMFILE, ENOMEM ...): trying again helps, and it is
  /// not the watcher's fault.
  package var isTransient: Bool

  package init(text: String, isTransient: Bool) {
    self.text = text
    self.isTransient = isTransient
  }
}

extension SpawnFailure: Error {}
