import CircusModel

/// Where the daemon listens: addresses that are not this machine's, and those that are asked for twice.
extension MachineCheck {
  /// One place the daemon listens at, and the option that says so.
  struct Door {
    enum Place: Hashable {
      case unix(path: String)
      /// `hosts` are numeric addresses; none: all of this machine's.
      case port(Int, hosts: Set<String>, family: SocketSpec.Family, kind: SocketSpec.Kind)
    }

    let section: String
    let key: String
    let place: Place

    /// The same for all that may be in each other's way.
    var name: String {
      switch place {
      case .unix(let path): path
      case .port(let port, _, _, _): String(port)
      }
    }

    /// Whether the second of the two cannot be had.
    func isTaken(by other: Door) -> Bool {
      switch (place, other.place) {
      case (.unix(let path), .unix(let taken)): path == taken
      case (
        .port(let port, let hosts, let family, let kind),
        .port(let taken, let others, let other, let way)
      ):
        port == taken && port != 0 && (family, kind) == (other, way)
          && (hosts.isEmpty || others.isEmpty || !hosts.isDisjoint(with: others))
      case (.unix, .port), (.port, .unix): false
      }
    }
  }

  mutating func checkAddresses() {
    if configuration.hasCircusPart { checkEndpoints() }
    checkServers()
    for spec in configuration.sockets { check(spec) }
  }

  mutating func check(_ socket: SharedSocketSpec, _ section: String) {
    switch socket.address {
    case .unix(let path):
      if let (text, hint) = pathProblem(path) {
        add(section, "socket", text, hint)
      } else {
        open(Door(section: section, key: "socket", place: .unix(path: path)), isFatal: false)
      }
    case .tcp(let host, let port):
      checkHost(host, port, section, "socket", isFatal: false)
    }
  }

  // MARK: one address

  private mutating func open(_ door: Door, isFatal: Bool) {
    if let other = doors[door.name]?.first(where: door.isTaken) {
      let name = other.section == door.section ? other.key : "[\(other.section)] \(other.key)"
      add(
        door.section, door.key, "is the address of \(name), too", "give it another",
        isFatal: isFatal)
    }
    doors[door.name, default: []].append(door)
  }

  /// A unix socket's file; nil: it can be made.
  private func pathProblem(_ path: String) -> (text: String, hint: String)? {
    // sockaddr_un has room for 108 bytes, the last of them a zero.
    guard path.utf8.count <= 107 else {
      return ("the path has \(path.utf8.count) bytes, at most 107 are possible", "shorten it")
    }
    let parent = Path.directory(of: absolute(path))
    return machine.isDirectory(parent)
      ? nil : ("the directory \(parent) does not exist", "create it")
  }

  private mutating func checkHost(
    _ host: String, _ port: Int, _ section: String, _ key: String,
    family: SocketSpec.Family = .inet, kind: SocketSpec.Kind = .stream, isFatal: Bool = true
  ) {
    let isEverywhere = ["", "*", "0.0.0.0", "::", "[::]"].contains(host)
    if !isEverywhere, let (text, hint) = hostProblem(host, isIPv6: family == .inet6) {
      return add(section, key, text, hint, isFatal: isFatal)
    }
    let hosts = isEverywhere ? [] : machine.addresses(of: host, isIPv6: family == .inet6)
    let place = Door.Place.port(port, hosts: Set(hosts), family: family, kind: kind)
    open(Door(section: section, key: key, place: place), isFatal: isFatal)
  }

  private func hostProblem(_ host: String, isIPv6: Bool) -> (text: String, hint: String)? {
    let addresses = machine.addresses(of: host, isIPv6: isIPv6)
    guard let first = addresses.first else {
      return ("there is no host '\(host)'", "write an address of this machine")
    }
    return machine.isOwn(first, isIPv6: isIPv6)
      ? nil : ("\(first) is no address of this machine", "write one that is")
  }

  // MARK: who listens

  private mutating func checkEndpoints() {
    let settings = configuration.settings
    var endpoints = [
      ("endpoint", settings.endpoint), ("pubsub_endpoint", settings.pubsubEndpoint),
    ]
    if settings.publishesStats { endpoints.append(("stats_endpoint", settings.statsEndpoint)) }
    for (key, endpoint) in endpoints { check(endpoint, key) }
    if let owner = settings.endpointOwner, settings.endpoint.hasPrefix("ipc://"),
      !machine.hasUser(owner)
    {
      add("circus", "endpoint_owner", "there is no such user", nil, isFatal: true)
    }
  }

  private mutating func check(_ endpoint: String, _ key: String) {
    func fail(_ text: String, _ hint: String) {
      add("circus", key, text, hint, isFatal: true)
    }
    if endpoint.hasPrefix("ipc://") {
      let path = String(endpoint.dropFirst("ipc://".count))
      if let (text, hint) = pathProblem(path) { return fail(text, hint) }
      return open(Door(section: "circus", key: key, place: .unix(path: path)), isFatal: true)
    }
    guard endpoint.hasPrefix("tcp://") else {
      return fail(
        "is no address ZeroMQ can listen at", "write tcp://\(endpoint) or ipc:///PATH")
    }
    let address = endpoint.dropFirst("tcp://".count)
    guard let colon = address.lastIndex(of: ":") else {
      return fail("has no port", "write tcp://HOST:PORT")
    }
    let text = address[address.index(after: colon)...]
    let number = text == "*" ? 0 : Int(text) ?? -1
    guard (0...65_535).contains(number) else {
      return fail("port '\(text)' is no number from 0 to 65535", "write tcp://HOST:PORT")
    }
    let host = String(address[..<colon])
    if host.hasPrefix("[") {
      let bare = String(host.dropFirst().prefix { $0 != "]" })
      return checkHost(bare, number, "circus", key, family: .inet6)
    }
    checkHost(host, number, "circus", key)
  }

  private mutating func checkServers() {
    for spec in configuration.settings.servers {
      switch spec.address {
      case .inet(let host, let port):
        let isCircus = spec.section == "circus"
        checkHost(host, port, spec.section, isCircus ? "httpd_host" : "port")
      case .unix(let path):
        if let (text, hint) = pathProblem(path) {
          add(spec.section, "file", text, hint, isFatal: true)
        } else {
          open(Door(section: spec.section, key: "file", place: .unix(path: path)), isFatal: true)
        }
        if let (text, _) = ownerProblem(spec.owner) {
          add(spec.section, "chown", text, nil, isFatal: true)
        }
      }
    }
  }

  private mutating func check(_ spec: SocketSpec) {
    let section = "socket:\(spec.name)"
    if let device = spec.device, !machine.hasInterface(device) {
      add(section, "interface", "there is no such network interface", nil, isFatal: true)
    }
    if let path = spec.path {
      if let (text, hint) = pathProblem(path) {
        add(section, "path", text, hint, isFatal: true)
      } else {
        open(Door(section: section, key: "path", place: .unix(path: path)), isFatal: true)
      }
    } else if spec.reusesPort {
      // Each process binds one of its own.
      let isEverywhere = ["", "0.0.0.0", "::"].contains(spec.host)
      if !isEverywhere, let (text, hint) = hostProblem(spec.host, isIPv6: spec.family == .inet6) {
        add(section, "host", text, hint, isFatal: true)
      }
    } else {
      checkHost(spec.host, spec.port, section, "host", family: spec.family, kind: spec.kind)
    }
  }
}
