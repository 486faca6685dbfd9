/// Where a definition has the value of an option.
package struct OptionField<Owner: Sendable>: Sendable {
  /// A place in the definition.
  package typealias Path<Value> = any WritableKeyPath<Owner, Value> & Sendable

  /// As it is shown.
  package var read: @Sendable (Owner) -> ConfigValue
  /// The value has the kind of the option.
  package var write: @Sendable (inout Owner, ConfigValue) -> Void
  /// Takes it over from another definition.
  package var copy: @Sendable (inout Owner, Owner) -> Void

  package init<Value>(
    _ path: Path<Value>, read: @escaping @Sendable (Value) -> ConfigValue,
    write: @escaping @Sendable (inout Value, ConfigValue) -> Void
  ) {
    self.read = { read($0[keyPath: path]) }
    self.write = { write(&$0[keyPath: path], $1) }
    copy = { $0[keyPath: path] = $1[keyPath: path] }
  }

  static func integer(_ path: Path<Int>, least: Int = .min) -> OptionField {
    OptionField(path, read: { .int($0) }, write: { $0 = max(least, $1.int ?? $0) })
  }

  static func boolean(_ path: Path<Bool>) -> OptionField {
    OptionField(path, read: { .bool($0) }, write: { $0 = $1.bool ?? $0 })
  }

  static func seconds(_ path: Path<Interval>) -> OptionField {
    OptionField(
      path, read: { .float($0.seconds) }, write: { $0 = .seconds($1.number ?? $0.seconds) })
  }

  static func text(_ path: Path<String>) -> OptionField {
    OptionField(path, read: { .string($0) }, write: { $0 = $1.string ?? "" })
  }

  /// An empty text keeps the default.
  static func address(_ path: Path<String>) -> OptionField {
    OptionField(
      path, read: { .string($0) },
      write: { if let text = $1.string, !text.isEmpty { $0 = text } })
  }

  static func optionalText(_ path: Path<String?>) -> OptionField {
    OptionField(path, read: { $0.map { .string($0) } ?? .null }, write: { $0 = $1.string })
  }

  /// An empty text is none.
  static func filledText(_ path: Path<String?>) -> OptionField {
    OptionField(
      path, read: { $0.map { .string($0) } ?? .null },
      write: { $0 = $1.string.flatMap { $0.isEmpty ? nil : $0 } })
  }

  static func identity(_ path: Path<String?>) -> OptionField {
    OptionField(
      path, read: { name in name.map { Int($0).map { .int($0) } ?? .string($0) } ?? .null },
      write: { $0 = $1.text })
  }

  static func choice<Choice: RawRepresentable & Sendable>(
    _ path: Path<Choice>
  ) -> OptionField where Choice.RawValue == String {
    OptionField(
      path, read: { .string($0.rawValue) },
      write: { $0 = $1.string.flatMap(Choice.init(rawValue:)) ?? $0 })
  }
}
