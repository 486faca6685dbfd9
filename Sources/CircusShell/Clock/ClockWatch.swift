import EventLoop
import LinuxSystem

/// Tells when the wall clock is set, when the machine has slept, and when its time zone is another one.
package final class ClockWatch {
  private var clock: ClockDescriptor?
  private var zone: FileWatch?
  private var registrations: [Registration] = []

  package init(loop: EventLoop, _ changed: @escaping () -> Void) {
    if let clock = ClockDescriptor() {
      self.clock = clock
      registrations.append(
        loop.whenReadable(clock.descriptor) {
          clock.acknowledge()
          changed()
        })
    }
    if let zone = FileWatch(ZoneDatabase.localTime) {
      self.zone = zone
      registrations.append(
        loop.whenReadable(zone.descriptor) { if zone.acknowledge() { changed() } })
    }
  }
}
