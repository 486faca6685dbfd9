/// What became of bytes that were to be written.
package struct WriteOutcome: Equatable {
  /// How many of them need no further thought: they are written, or given up.
  package var taken: Int
  /// How many of those were given up.
  package var lost = 0

  /// What is left, where it was changed on its way: it goes on as it is.
  package var filtered: [UInt8] = []

  package init(taken: Int, lost: Int = 0, filtered: [UInt8] = []) {
    self.taken = taken
    self.lost = lost
    self.filtered = filtered
  }
}
