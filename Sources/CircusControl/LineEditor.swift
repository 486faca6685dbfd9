import CLineEditor
import CircusConfig
import Glibc

/// The prompt on a terminal: editing, history over sessions, completion; by libedit. One at a time.
final class LineEditor {
  private let completion: Completion

  /// Without a file the history ends with the session.
  init(_ completion: Completion, historyFile: String?) {
    self.completion = completion
    let me = Unmanaged.passUnretained(self).toOpaque()
    cl_editor_begin(
      historyFile,
      { context, line, start, words, capacity in
        guard let context, let line, let words else { return 0 }
        let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
        let found = editor.candidates(String(cString: line), Int(start)).prefix(Int(capacity))
        for (index, word) in found.enumerated() { words[index] = strdup(word) }
        return Int32(found.count)
      }, me)
  }

  deinit { cl_editor_end() }

  private func candidates(_ line: String, _ start: Int) -> [String] {
    let before = String(decoding: line.utf8.prefix(start), as: UTF8.self)
    let current = String(decoding: line.utf8.dropFirst(start), as: UTF8.self)
    // Blanks of a name are escaped, or the next word would begin there.
    return completion.candidates(((try? ShellWords.split(before)) ?? []) + [current])
      .map { $0.replacingBlanks }
  }

  /// The next line, which is remembered; nil at the end of input.
  func read(_ prompt: String) -> String? {
    guard let line = cl_editor_read(prompt) else { return nil }
    defer { free(line) }
    if line[0] != 0 { cl_editor_remember(line) }
    return String(cString: line)
  }
}

extension String {
  fileprivate var replacingBlanks: String {
    contains(" ") ? map { $0 == " " ? "\\ " : String($0) }.joined() : self
  }
}
