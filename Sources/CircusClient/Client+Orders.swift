import CircusWire

/// What a daemon can be told. `waiting` returns when it is done, otherwise when it is begun.
extension Client {
  /// Starts a watcher (a name or a shell pattern), or all that start by themselves.
  public func start(_ watcher: String? = nil, waiting: Bool = true) throws(ClientError) {
    try call(Start.verb, named(watcher, waiting))
  }

  /// Stops a watcher (a name or a shell pattern), or all.
  public func stop(_ watcher: String? = nil, waiting: Bool = true) throws(ClientError) {
    try call(Stop.verb, named(watcher, waiting))
  }

  /// Stops and starts a watcher; without a name the whole daemon begins anew from its files.
  public func restart(_ watcher: String? = nil, waiting: Bool = true) throws(ClientError) {
    try call(Restart.verb, named(watcher, waiting))
  }

  /// Replaces the processes of a watcher, or of all, without a gap; `sequential`: one by one.
  public func reload(
    _ watcher: String? = nil, sequential: Bool = false, waiting: Bool = true
  ) throws(ClientError) {
    var properties = named(watcher, waiting)
    properties["sequential"] = .bool(sequential)
    try call(Reload.verb, properties)
  }

  /// Applies what changed in the configuration files.
  public func reloadConfiguration(waiting: Bool = true) throws(ClientError) {
    try call(ReloadConfig.verb, ["waiting": .bool(waiting)])
  }

  /// Writes what was changed at run time to a file, the one that `saved_file` names unless another is
  /// given; returns its path.
  @discardableResult
  public func save(to file: String? = nil) throws(ClientError) -> String? {
    try call(Save.verb, file.map { ["file": .string($0)] } ?? [:])["file"]?.string
  }

  /// Puts another program in the daemon's place, or its own anew; processes and sockets stay. Throws the
  /// reason when that program cannot take over: nothing has changed then.
  public func upgrade(to program: String? = nil) throws(ClientError) {
    try call(Upgrade.verb, program.map { ["program": .string($0)] } ?? [:])
  }

  /// More processes; their wanted number, where it waits for them.
  @discardableResult
  public func increase(
    _ watcher: String, by count: Int = 1, waiting: Bool = true
  ) throws(ClientError) -> Int? {
    var properties = named(watcher, waiting)
    properties["nb"] = .int(count)
    return try call(Incr.verb, properties)["numprocesses"]?.int
  }

  /// Fewer processes; their wanted number, where it waits for that.
  @discardableResult
  public func decrease(
    _ watcher: String, by count: Int = 1, waiting: Bool = true
  ) throws(ClientError) -> Int? {
    var properties = named(watcher, waiting)
    properties["nb"] = .int(count)
    return try call(Decr.verb, properties)["numprocesses"]?.int
  }

  /// Changes options of a watcher while it runs.
  public func set(
    _ options: [String: Value], of watcher: String, waiting: Bool = true
  ) throws(ClientError) {
    var properties = named(watcher, waiting)
    properties["options"] = .object(options)
    try call(SetOptions.verb, properties)
  }

  /// Sends a signal, by number or name, to a watcher's processes or one of them.
  public func signal(
    _ signal: Value, to watcher: String, pid: Int32? = nil
  ) throws(ClientError) {
    var properties: [String: Value] = ["name": .string(watcher), "signum": signal]
    if let pid { properties["pid"] = .int(Int(pid)) }
    try call(SendSignal.verb, properties)
  }

  /// Ends a watcher's processes or one of them; they are replaced.
  public func kill(
    _ watcher: String, pid: Int32? = nil, waiting: Bool = true
  ) throws(ClientError) {
    var properties = named(watcher, waiting)
    if let pid { properties["pid"] = .int(Int(pid)) }
    try call(Kill.verb, properties)
  }

  /// Adds a watcher that lives until the daemon ends.
  public func add(
    _ watcher: String, command: String, options: [String: Value] = [:], start: Bool = true
  ) throws(ClientError) {
    try call(
      Add.verb,
      [
        "name": .string(watcher), "cmd": .string(command), "options": .object(options),
        "start": .bool(start), "waiting": .bool(start),
      ])
  }

  /// Stops and drops a watcher.
  public func remove(_ watcher: String, waiting: Bool = true) throws(ClientError) {
    try call(Remove.verb, named(watcher, waiting))
  }

  /// Stops everything and ends the daemon.
  public func quit(waiting: Bool = true) throws(ClientError) {
    try call(Quit.verb, ["waiting": .bool(waiting)])
  }

  private func named(_ watcher: String?, _ waiting: Bool) -> [String: Value] {
    var properties: [String: Value] = ["waiting": .bool(waiting)]
    if let watcher { properties["name"] = .string(watcher) }
    return properties
  }
}
