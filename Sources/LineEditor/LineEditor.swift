import CLineEditor
import Glibc

/// The prompt on a terminal: editing, history over sessions, completion; by libedit. One at a time.
package final class LineEditor {
  /// What could stand in place of a line's last word: the line up to that word, and the word. Blanks
  /// in a candidate have to be escaped.
  package typealias Candidates = (_ before: String, _ word: String) -> [String]

  private let candidates: Candidates

  /// Without a file the history ends with the session.
  package init(historyFile: String?, _ candidates: @escaping Candidates) {
    self.candidates = candidates
    let me = Unmanaged.passUnretained(self).toOpaque()
    cl_editor_begin(
      historyFile,
      { context, line, start, words, capacity in
        guard let context, let line, let words else { return 0 }
        let editor = Unmanaged<LineEditor>.fromOpaque(context).takeUnretainedValue()
        let text = String(cString: line)
        let before = String(decoding: text.utf8.prefix(Int(start)), as: UTF8.self)
        let word = String(decoding: text.utf8.dropFirst(Int(start)), as: UTF8.self)
        let found = editor.candidates(before, word).prefix(Int(capacity))
        for (index, word) in found.enumerated() { words[index] = strdup(word) }
        return Int32(found.count)
      }, me)
  }

  deinit { cl_editor_end() }

  /// The next line, which is remembered; nil at the end of input.
  package func read(_ prompt: String) -> String? {
    guard let line = cl_editor_read(prompt) else { return nil }
    defer { free(line) }
    if line[0] != 0 { cl_editor_remember(line) }
    return String(cString: line)
  }
}
