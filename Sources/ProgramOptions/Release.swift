import LinuxSystem

/// Which release this is, and of which programs it takes the place.
package enum Release {
  /// Our own version; the changelog tells what is in it.
  package static let own = "0.1.0"
  /// What the programs of circus tell as theirs: scripts compare it.
  package static let circus = "0.19.0"
  /// What the programs of supervisor tell as theirs.
  package static let supervisor = "4.3.0"

  /// `swift-circus 0.1.0 (b6d722c1a2b3)`; without the revision where it is not known.
  package static let line = "swift-circus \(own)" + (Program.revision.map { " (\($0))" } ?? "")

  /// `--version`: the stock program's line on standard output, where scripts read it, and ours on standard error.
  package static func tell(_ stock: String) {
    try? writeAll(1, Array((stock + "\n").utf8))
    try? writeAll(2, Array((line + "\n").utf8))
  }
}
