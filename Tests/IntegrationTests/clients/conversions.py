"""conversions.py REFERENCE CIRCUSCTL FILE...

Converts each file by `CIRCUSCTL convert`, has the stock parsers of both systems read the two files, and prints every
process that differs without a note about it. REFERENCE is the corpus's reference.py.
"""
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

TERMINALS = {'/dev/stdout', '/dev/stderr', '/dev/fd/1', '/dev/fd/2'}


def load(path):
    spec = importlib.util.spec_from_file_location('reference', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(text):
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        return (str(error), text)


def output(path):
    if path is None or path == 'syslog':
        return 'none'
    return 'terminal' if path in TERMINALS else path


def of_supervisor(found):
    """Section name to the list of its processes, and what supervisor would not run."""
    programs = {}
    for group in found['groups']:
        if group['type'] == 'eventlistener':
            continue
        for process in group['processes']:
            environment = dict(os.environ)
            environment.update(found['supervisord']['environment'])
            environment.update(process['environment'])
            stdout = output(process['stdout_logfile'])
            stderr = stdout if process['redirect_stderr'] else output(process['stderr_logfile'])
            programs.setdefault(group['name'], []).append({
                'command': words(process['command']),
                'directory': process['directory'] or None,
                'user': process['user'] or found['supervisord']['user'],
                'environment': environment,
                'stdout': stdout, 'stderr': stderr,
                'autostart': process['autostart'],
                'respawn': process['autorestart'] != 'false',
                'signal': process['stopsignal'],
                'grace': float(process['stopwaitsecs']),
                'retries': process['startretries'],
            })
    return programs


def stream(watcher, name):
    if str(watcher.get(f'close_child_{name}')).lower() in ('true', 'yes', 'on', '1'):
        return 'none'
    options = watcher[f'{name}_stream']
    name = options.get('class', 'FileStream' if options.get('filename') else '')
    name = name.split('.')[-1]
    if name in ('', 'StdoutStream', 'FancyStdoutStream'):
        return 'terminal'
    if name == 'QueueStream':
        return 'none'
    return options.get('filename') or 'AUTO' if name.endswith('FileStream') else 'AUTO'


def of_circus(found):
    from circus.util import replace_gnu_args
    own = dict(os.environ)
    watchers = {}
    for watcher in found['watchers']:
        environment = {}
        for key, value in watcher['env'].items():
            if key != '__name__':
                environment[key] = re.sub(
                    r'\$([A-Z][A-Z0-9_]*)', lambda m: own.get(m.group(1), ''), str(value)).strip()
        for wid in range(1, watcher['numprocesses'] + 1):
            fill = {'wid': wid, 'env': environment, 'working_dir': watcher.get('working_dir'),
                    'numprocesses': watcher['numprocesses']}
            text = replace_gnu_args(watcher['cmd'], **fill)
            if watcher['args']:
                text += ' ' + replace_gnu_args(watcher['args'], **fill)
            command = words(text)
            if watcher['shell']:
                more = replace_gnu_args(watcher.get('shell_args') or '', **fill)
                command = ('/bin/sh', '-c', text) + words(more)
            watchers.setdefault(watcher['name'], []).append({
                'command': command,
                'directory': watcher.get('working_dir') or None,
                'user': watcher.get('uid') or None,
                'environment': environment,
                'stdout': stream(watcher, 'stdout'), 'stderr': stream(watcher, 'stderr'),
                'autostart': watcher['autostart'],
                'respawn': watcher['respawn'],
                'signal': watcher['stop_signal'],
                'grace': float(watcher['graceful_timeout']),
                'retries': watcher['max_retry'],
            })
    return watchers


# What a note that excuses a difference has to speak of.
EXCUSES = {
    'command': r'command|cmd|numprocs|virtualenv|args|executable',
    'environment': r'environment|copy_env|virtualenv|cannot be written',
    'stdout': r'stdout|syslog', 'stderr': r'stderr|syslog|redirect',
    'grace': r'graceful_timeout', 'retries': r'startretries|max_retry',
    'user': r'\bu?[gs]?id|user', 'directory': r'working_dir|directory',
}


def compare(before, after, notes):
    left = {name: list(found) for name, found in after.items()}
    for name, processes in before.items():
        for process in processes:
            pool = [(other, found) for other, items in left.items() for found in items]
            candidates = [entry for entry in pool if entry[1]['command'] == process['command']]
            if not candidates:
                candidates = [entry for entry in pool if entry[0] == name]
            if not candidates:
                yield f'{name}: is missing: {process["command"]}'
                continue
            def differences(found):
                return [key for key in process if not same(key, process[key], found[key])]
            best = min(candidates, key=lambda entry: len(differences(entry[1])))
            left[best[0]].remove(best[1])
            for key in differences(best[1]):
                pattern = EXCUSES.get(key)
                if pattern and any(re.search(pattern, note) for note in notes):
                    continue
                yield f'{name}: {key}: {shown(process[key], best[1][key])}'
    for name, items in left.items():
        if items:
            yield f'{name}: {len(items)} processes too many'


def same(key, a, b):
    if key == 'environment':
        # supervisor's programs inherit; the file says so once.
        return not [k for k in set(a) | set(b)
                    if a.get(k) != b.get(k) and not (k not in a and b[k] == os.environ.get(k))]
    if key in ('stdout', 'stderr') and 'AUTO' in (a, b):
        return True
    return a == b


def shown(a, b):
    if isinstance(a, dict):
        keys = [k for k in set(a) | set(b) if a.get(k) != b.get(k)]
        return ', '.join(f'{k}: {a.get(k)!r} -> {b.get(k)!r}' for k in sorted(keys))
    return f'{a!r} -> {b!r}'


def read(module, path, is_circus):
    return module.run_circus(path) if is_circus else module.run_supervisor(path)


def processes(found, is_circus):
    return of_circus(found) if is_circus else of_supervisor(found)


def differences(module, circusctl, path, is_circus):
    """Of the file and what becomes of it, and of that and what it becomes again."""
    for made in ('made', 'back'):
        before = read(module, path, is_circus)
        done = subprocess.run([circusctl, 'convert', path], capture_output=True, text=True)
        if 'error' in before:
            if done.returncode != 1:
                yield f'is converted, though the stock parser refuses it: {before["error"]}'
            return
        if done.returncode != 0:
            yield f'is not converted: {done.stderr.strip()[:300]}'
            return
        path = os.path.join(os.getcwd(), made + ('.conf' if is_circus else '.ini'))
        with open(path, 'w') as file:
            file.write(done.stdout)
        after = read(module, path, not is_circus)
        if 'error' in after:
            yield f'the stock parser refuses the result: {after["error"][:300]}'
            return
        notes = [line for line in done.stdout.splitlines() if line[:1] in ('#', ';')]
        yield from compare(processes(before, is_circus), processes(after, not is_circus), notes)
        is_circus = not is_circus


def main(reference, circusctl, paths):
    module = load(reference)
    base = {'PATH': '/usr/bin:/bin', 'HOME': '/home/ref', 'LANG': 'C.UTF-8'}
    # How a sanitizer is told that what a program still has at its end is no leak.
    base.update({k: v for k, v in os.environ.items() if k == 'ASAN_OPTIONS'})
    status = 0
    for path in paths:
        text = open(path, errors='replace').read()
        names = set(re.findall(r'%\(ENV_([^)]*)\)', text))
        names |= {n.upper() if n == n.lower() else n
                  for n in re.findall(r'\(circus\.env\.([\w.-]+)\)', text, re.I)}
        names |= set(re.findall(r'\$([A-Z][A-Z0-9_]*)', text)) | {'HOSTNAME'}
        os.environ.clear()
        os.environ.update({name: '7' for name in names})
        os.environ.update(base)
        here = tempfile.mkdtemp(prefix='conversions-')
        try:
            os.chdir(here)
            source = os.path.join(here, os.path.basename(path))
            shutil.copyfile(path, source)
            for line in differences(module, circusctl, source, module.guess(path) == 'circus'):
                print(f'{path}: {line}')
                status = 1
        finally:
            os.chdir('/')
            shutil.rmtree(here)
    return status


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], os.path.abspath(sys.argv[2]), [os.path.abspath(p) for p in sys.argv[3:]]))
