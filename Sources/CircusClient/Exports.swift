// ClientError is a part of this library's interface. It is declared beside what throws it, for programs that need no feeds.
@_exported import CircusConnection
