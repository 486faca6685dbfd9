/// Python sorts text by code point; Swift's `<` on String by canonical equivalence.
package enum PythonOrder {
  /// Whether `a` sorts before `b`; false when they are equal.
  package static func precedes(_ a: String, _ b: String) -> Bool {
    a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
  }
}
