/// Why a process could not be started.
package struct SpawnFailure: Hashable, Sendable {
  /// What the operator reads: which step, which file, which reason.
  package var text: String
  /// The machine is short of something (EAGAIN, EMFILE, ENOMEM ...): trying again helps, and it is
  /// not the watcher's fault.
  package var isTransient: Bool

  /// What a shell ends with for this reason: 127 where there is no such program, 126 where it cannot be run; nil: no such
  /// reason.
  package var shellCode: Int32?

  package init(text: String, isTransient: Bool, shellCode: Int32? = nil) {
    self.text = text
    self.isTransient = isTransient
    self.shellCode = shellCode
  }
}

extension SpawnFailure: Error {}
