import CircusModel

/// One entry of `depends_on`: `NAME[:CONDITION][:REACTION][?]`.
package struct DependencyEntry: Hashable, Sendable {
  /// The name without what was said behind it.
  package var name: String
  /// Nil: what fits the dependency.
  package var condition: Dependency.Condition?
  /// Nil: what `on_dependency` says.
  package var reaction: Dependency.Reaction?
  package var isOptional = false

  /// Reads an entry. Words are taken off the right end until what is left is known as a name, so that names may have
  /// colons, and be words of the grammar themselves.
  package init(_ text: String, in names: DependencyNames) {
    name = text
    // A question mark is a wildcard, too.
    if names.isExact(name) { return }
    if name.hasSuffix("?") {
      isOptional = true
      name = PythonText.strip(name.dropLast())
    }
    while names.find(name) == nil, let colon = name.lastIndex(of: ":") {
      let word = PythonText.strip(name[name.index(after: colon)...]).lowercased()
      if condition == nil, let known = Dependency.Condition(rawValue: word) {
        condition = known
      } else if reaction == nil, let known = Dependency.Reaction(rawValue: word) {
        reaction = known
      } else {
        return
      }
      name = PythonText.strip(name[..<colon])
    }
  }
}
