import CircusModel

/// The value of a `hooks.NAME` option: what to call, and perhaps whether its failure is ignored.
package enum HookText {
  /// The parts, trimmed. circus cuts at the first comma; a command line (`exec:`) may hold commas of
  /// its own, so there only a last word that is a boolean is the flag.
  package static func split(_ text: String) -> (callable: String, flag: String?) {
    guard text.hasPrefix("exec:") else {
      let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        .map(PythonText.strip)
      return (parts[0], parts.count > 1 ? parts[1] : nil)
    }
    guard let comma = text.lastIndex(of: ",") else { return (PythonText.strip(text[...]), nil) }
    let flag = PythonText.strip(text[text.index(after: comma)...])
    guard PythonText.bool(flag) != nil else { return (PythonText.strip(text[...]), nil) }
    return (PythonText.strip(text[..<comma]), flag)
  }
}
