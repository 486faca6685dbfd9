# What happens in a fresh Debian root, told as `ok` and `FAILED` lines: debian.sh install | replace. Sourced by sh in a
# chroot of its own pid namespace, with the packages in /packages.
. /packages/shell-checks.sh
cd /packages

install() { apt-get install -y -qq --no-install-recommends "$@" </dev/null; }
until_says() {
  for _ in $(seq 100); do
    says "$@" && return 0
    sleep 0.1
  done
  return 1
}
pids() { supervisorctl status | awk '{print $4}' | tr -d ,; }
daemon_is_new() { [ "$(readlink "/proc/$(cat /run/supervisord.pid)/exe")" = /usr/bin/circusd ]; }

programs() {
  printf '[program:web]\ncommand=sleep 1000\n[program:worker]\ncommand=sleep 1000\nnumprocs=3\nprocess_name=w%%(process_num)s\n' \
    >/etc/supervisor/conf.d/app.conf
}

scenario_install() {
  check "apt install ./swift-circus*.deb" install ./swift-circus_*.deb ./swift-circus-supervisor_*.deb
  check "circusd --version" says "swift-circus 0" circusd --version
  check "the units are there" test -f /lib/systemd/system/supervisor.service -a -f /lib/systemd/system/swift-circus.service
  check "the configuration is sound" circusd --check /etc/supervisor/supervisord.conf
  programs
  check "supervisord starts" supervisord -c /etc/supervisor/supervisord.conf
  check "supervisorctl status" until_says "web *RUNNING" supervisorctl status
  before=$(pids)
  check "upgraded over itself" dpkg -i swift-circus_*.deb swift-circus-supervisor_*.deb
  check "what runs was not touched" test "$before" = "$(pids)" -a -n "$before"
  check "the daemon is the new program" daemon_is_new
  check "apt remove" apt-get remove -y -qq swift-circus-supervisor
  check "what is removed is gone" fails test -e /usr/bin/supervisord
  kill "$(cat /run/supervisord.pid)"
  check "the configuration stays" test -f /etc/supervisor/supervisord.conf
  check "apt purge" apt-get purge -y -qq swift-circus-supervisor swift-circus
  check "purged, its files are gone" fails test -e /etc/supervisor/supervisord.conf -o -e /etc/circus/circus.ini
  check "and what was put beside them is left" test -f /etc/supervisor/conf.d/app.conf
}

scenario_replace() {
  check "Debian's supervisor" install supervisor
  echo '; edited' >>/etc/supervisor/supervisord.conf
  cp /etc/supervisor/supervisord.conf /tmp/edited
  programs
  check "swift-circus-supervisor takes its place" install ./swift-circus_*.deb ./swift-circus-supervisor_*.deb
  check "Debian's is not installed" fails says "^ii" dpkg-query -W -f='${db:Status-Abbrev}' supervisor
  check "the edited configuration is kept" cmp /tmp/edited /etc/supervisor/supervisord.conf
  check "the unit keeps its name" says /usr/bin/supervisord cat /lib/systemd/system/supervisor.service
  check "no init script is left that starts it" fails test -e /etc/init.d/supervisor
  check "the edited configuration works" supervisord -c /etc/supervisor/supervisord.conf
  check "it runs what it says" until_says "web *RUNNING" supervisorctl status
  check "packages that need supervisor have it" says "4.3.0" apt-cache show swift-circus-supervisor
  kill "$(cat /run/supervisord.pid)"
  check "purge of Debian's" dpkg -P supervisor
  check "the edited configuration is still there" cmp /tmp/edited /etc/supervisor/supervisord.conf
  check "its program is still ours" says "swift-circus" supervisord --version
}

"scenario_$1"
