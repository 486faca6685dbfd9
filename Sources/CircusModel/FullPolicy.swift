/// What happens to output that cannot be written now: the disk is full, the pipe has no reader (`on_full`).
package enum FullPolicy: String, CaseIterable, Hashable, Sendable {
  /// It is dropped, counted and told; the process does not notice.
  case drop
  /// It is kept, and the process has to wait once its pipe is full.
  case block
}
