/// Why a file cannot be written.
enum WriteProblem {
  case noDirectory(String)
  case isDirectory(String)
  case noRight(String)

  /// What is wrong.
  var text: String {
    switch self {
    case .noDirectory(let path): "the directory \(path) does not exist"
    case .isDirectory(let path): "\(path) is a directory"
    case .noRight(let path): "\(path) cannot be written"
    }
  }

  /// How to mend it.
  var hint: String {
    switch self {
    case .noDirectory: "create it"
    case .isDirectory: "name a file in it"
    case .noRight: "give the daemon's user the right to"
    }
  }

  /// Whether the user it runs as makes a difference, which may be another one at the start.
  var dependsOnUser: Bool { if case .noRight = self { true } else { false } }
}
