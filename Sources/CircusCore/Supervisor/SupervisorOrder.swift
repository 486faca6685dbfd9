import CircusModel

/// What a supervisor client wants done; the shell has resolved the names.
package enum SupervisorOrder: Sendable {
  /// Start these; `refused` are those whose command cannot be run, which the shell has looked at.
  case start([ProcessKey], refused: [ProcessKey: Fault], waits: Bool, isSingle: Bool)
  case stop([ProcessKey], waits: Bool, isSingle: Bool)
  case addGroup(String)
  case removeGroup(String)
  /// Apply what has changed of a group without a restart; refused where that cannot be.
  case updateGroup(String)
  /// Read the file again and tell what is different; nothing is started or stopped.
  case reread
  case shutdown
  case restart

  /// What its caller must be allowed to do.
  package var right: Right {
    switch self {
    case .start, .stop, .addGroup, .removeGroup, .updateGroup: .operate
    case .reread: .view
    case .shutdown, .restart: .admin
    }
  }
}

/// What became of an order.
package enum SupervisorAnswer: Sendable {
  case done
  case fault(Fault)
  /// One entry for each process, in the order they were done with.
  case results([ProcessResult])
  case changes(GroupChanges)
}

/// What became of one process of a group order.
package struct ProcessResult: Hashable, Sendable {
  /// The process's name in its group.
  package var name: String
  /// The group's name.
  package var group: String
  /// Nil: it worked.
  package var fault: Fault?

  package init(name: String, group: String, fault: Fault?) {
    self.name = name
    self.group = group
    self.fault = fault
  }
}

/// How the groups of the file differ from those that are active.
package struct GroupChanges: Hashable, Sendable {
  /// In the file only.
  package var added: [String] = []
  /// In both, but not alike.
  package var changed: [String] = []
  /// Active only.
  package var removed: [String] = []

  package init() {}
}
