import JSON
import LinuxSystem

/// Bytes on one of a process's pipes that the daemon has read and not passed on, when it becomes another
/// program.
package struct InHand: Equatable {
  /// Ready to be written: to where the output goes, or to the process's stdin.
  package var held: [UInt8] = []
  /// The beginning of a line whose end has not come yet.
  package var partial: [UInt8] = []

  package init(held: [UInt8] = [], partial: [UInt8] = []) {
    self.held = held
    self.partial = partial
  }

  /// Whether there is nothing to pass on.
  package var isEmpty: Bool { held.isEmpty && partial.isEmpty }
}

extension InHand {
  var leftBehind: JSON { .array([.string(Base64.encode(held)), .string(Base64.encode(partial))]) }

  /// What is not understood is nothing.
  init(_ left: JSON) {
    let parts = (left.array ?? []).map { $0.string.flatMap(Base64.decode) ?? [] }
    guard parts.count == 2 else { return }
    held = parts[0]
    partial = parts[1]
  }
}
