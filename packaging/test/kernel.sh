# What happens under a real systemd, told as `ok` and `FAILED` lines: run by kernel-test.service.
. /packages/shell-checks.sh
cd /packages

main() { systemctl show --property=MainPID --value "$1"; }
pids() { supervisorctl status | awk '$2 == "RUNNING" {print $1, $4}'; }
reasons() { journalctl -q --no-pager -n 600 -u supervisor -u shop | grep -v "left-over process\|unclean termination\|remains running\|Killing process" | tail -40; }
all_run() { test "$(supervisorctl status | grep -c ' RUNNING ')" = "$1"; }
until_holds() {
  for _ in $(seq 600); do
    "$@" && return 0
    sleep 0.1
  done
  return 1
}
status_tells() { systemctl show --property=StatusText supervisor | grep -q -- "$1"; }
is_other_than() { test "$(main supervisor)" != "$1" -a "$(main supervisor)" != 0; }
is_new() { test "$(readlink "/proc/$(main "$1")/exe")" = /usr/bin/circusd; }
# Numbers from 0 on, each once.
is_whole() { awk 'NR - 1 != $1 {exit 1}' /var/log/supervisor/lines.log; }
same() { test "$before" = "$(pids)"; }

check "the service runs" until_holds systemctl -q is-active supervisor
check "with all programs" until_holds all_run 101
check "systemd has its status" until_holds status_tells "101 processes of 2 watchers"
before=$(pids)

old=$(main supervisor)
kill -KILL "$old"
check "killed, it is started again" until_holds is_other_than "$old"
check "and runs" until_holds all_run 101
check "with the same processes" same
check "no line is lost or doubled" is_whole

old=$(main supervisor)
check "a newer package" dpkg -i swift-circus_*.deb swift-circus-supervisor_*.deb
check "the same process is the new program" is_new supervisor
check "with the same number" test "$old" = "$(main supervisor)"
check "what it runs was not touched" same
check "again no line is lost or doubled" is_whole

printf '[program:late]\ncommand=sleep 100000\n' >/etc/supervisor/conf.d/late.conf
check "reload" systemctl reload supervisor
check "applies what was added" until_holds all_run 102
before_late=$(supervisorctl status | awk '$1 != "late" {print $1, $4}')
check "and nothing else" test "$before" = "$before_late"
before=$(pids)

old=$(main supervisor)
kill -STOP "$old"
check "a daemon that hangs is replaced by the watchdog" until_holds is_other_than "$old"
check "and what it runs goes on" until_holds all_run 102
check "with its processes" same

check "stop" systemctl stop supervisor
check "nothing is left" fails pgrep -x sleep

printf '[circus]\nendpoint = ipc:///run/shop.control\npubsub_endpoint = ipc:///run/shop.events\n[watcher:web]\ncmd = /bin/sleep 100000\nnumprocesses = 3\n' >/etc/shop.ini
check "install-service --now" circusctl install-service --now /etc/shop.ini
check "its service runs" until_holds systemctl -q is-active shop
check "circusctl reaches it" says "web: active" circusctl --endpoint ipc:///run/shop.control status
old=$(main shop)
check "the package upgrades it, too" dpkg -i swift-circus_*.deb
check "it is the new program" is_new shop
check "with the same number, too" test "$old" = "$(main shop)"
check "disable" systemctl disable --now shop
check "nothing of it is left" fails pgrep -x sleep

printf '[Socket]\nListenStream=/run/shop.control\nSocketMode=0600\n' >/etc/systemd/system/shop.socket
systemctl daemon-reload
check "a socket of systemd's" systemctl start shop.socket
check "asked there, the daemon is started" says "web: " circusctl --endpoint ipc:///run/shop.control status
check "stopped" systemctl stop shop
check "it is started by the next question" says "web: " circusctl --endpoint ipc:///run/shop.control status

echo "ok      came to its end"
systemctl poweroff --force --force
