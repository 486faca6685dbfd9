/// What became of bytes that were to be written.
package struct WriteOutcome: Equatable {
  /// How many of them need no further thought: they are written, or given up.
  package var taken: Int
  /// How many of those were given up.
  package var lost = 0

  package init(taken: Int, lost: Int = 0) {
    self.taken = taken
    self.lost = lost
  }
}
