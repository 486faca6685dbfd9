# The front door. `make help` lists what is here.
PREFIX ?= /usr/local
# Small rather than unrolled, and at a fixed address: a daemon that sits idle should not take pages
# for relocations (docs/decisions/0005-release-build.md).
RELEASE = swift build -c release --static-swift-stdlib -Xswiftc -Osize -Xlinker --gc-sections \
  -Xswiftc -Xfrontend -Xswiftc -disable-implicit-string-processing-module-import \
  -Xlinker -s -Xlinker -no-pie -Xlinker --no-export-dynamic -Xlinker --icf=all -Xlinker $(REVISION)
# Tells the programs which revision of the sources they are from.
REVISION = $(shell scripts/revision-object)
BIN = .build/release
# Installed is one file of many names. circus-plugin is a file of its own: a daemon need not load the libraries it links.
MULTICALL = $(BIN)/swift-circus
PLUGIN = $(BIN)/circus-plugin
LINKED = circusctl circus-top circusd-stats supervisord supervisorctl pidproxy echo_supervisord_conf
PROGRAMS = circusd circus-plugin $(LINKED)
ROOT = $(DESTDIR)$(PREFIX)
MAN = $(ROOT)/share/man
# Programs whose words the shells complete; bash and fish look for a file of the program's name.
COMPLETED = circusctl circusd circus-top circusd-stats circus-plugin supervisorctl supervisord
BASH_COMPLETION = $(ROOT)/share/bash-completion/completions
ZSH_COMPLETION = $(ROOT)/share/zsh/site-functions/_circus
FISH_COMPLETION = $(ROOT)/share/fish/vendor_completions.d

.DEFAULT_GOAL := help
.PHONY: help deps run build static test-packages test-kernel test nightly crash soak sanitize fuzz lint format bench screenshots install install-files install-static packages uninstall clean

help: ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install missing Debian packages
	@scripts/install-dependencies

build: deps ## build the release programs into .build/release
	@$(RELEASE)

static: ## all programs in one file without libraries: dist/circusd
	@scripts/install-dependencies --static
	@$(RELEASE) --product swift-circus-static
	@scripts/build-static

packages: static ## wheels, an archive, an image of a container and Debian packages: dist/
	@scripts/install-dependencies --packages
	@$(RELEASE) --product swift-circus
	@$(RELEASE) --product circus-plugin
	@packaging/build

test-packages: packages ## install what dist/ has into empty roots and use it there; needs root
	@python3 packaging/test static wheel image debian

test-kernel: packages ## run the Debian packages under a systemd, on a kernel of their own; needs root
	@scripts/install-dependencies --kernel
	@python3 packaging/test kernel

run: build ## build and run examples/quickstart.ini in the foreground
	@examples/quickstart

test: ## install what the tests need and run all of them
	@scripts/install-dependencies --test
	@scripts/test

nightly: ## a million random histories of the core, which takes minutes
	@CIRCUS_HISTORIES=1000000 swift test -c release -Xswiftc -enable-testing --scratch-path .build/nightly \
	  --filter RandomHistory

crash: build ## kill the release daemon 200 times under load and account for every line and process
	@scripts/install-dependencies --test
	@.venv/bin/python scripts/crash-test --daemon $(BIN)/circusd --rounds 200

soak: build ## half an hour of churn: memory and descriptors must stay flat
	@scripts/install-dependencies --test
	@.venv/bin/python scripts/soak --daemon $(BIN)/circusd --minutes 30

sanitize: ## the tests again, with the address and the thread sanitizer
	@scripts/install-dependencies --test
	@scripts/sanitize

fuzz: ## each reader of foreign bytes for 60 seconds, with the address sanitizer
	@Fuzz/run 60

lint: ## swift format, strict, and the house rules
	@swift format lint --strict --parallel -r Sources Tests Fuzz Package.swift
	@scripts/check-style
	@scripts/check-folders

format: ## format all Swift files in place
	@swift format format -i --parallel -r Sources Tests Fuzz Package.swift

bench: build ## measure beside stock circus, supervisor and the physical limits
	@scripts/install-dependencies --test
	@Benchmarks/run

# The same of the static file, which holds circus-plugin, too.
install-static:
	@$(MAKE) -s install-files MULTICALL=dist/circusd PLUGIN=dist/circusd
	@ln -sfT circusd $(ROOT)/bin/circus-plugin

install: build install-files ## install programs, man pages and completions under PREFIX

# What is built already, from BIN.
install-files:
	@install -d $(ROOT)/bin $(MAN)/man1 $(MAN)/man5
	@install -m 755 $(MULTICALL) $(ROOT)/bin/circusd
	@install -m 755 $(PLUGIN) $(ROOT)/bin/circus-plugin
	@for p in $(LINKED); do ln -sfT circusd $(ROOT)/bin/$$p; done
	@install -m 644 docs/man/*.1 $(MAN)/man1/
	@install -m 644 docs/man/*.5 $(MAN)/man5/
	@for p in $(COMPLETED); do install -D -m 644 completions/circus.bash $(BASH_COMPLETION)/$$p; done
	@for p in $(COMPLETED); do install -D -m 644 completions/circus.fish $(FISH_COMPLETION)/$$p.fish; done
	@install -D -m 644 completions/_circus $(ZSH_COMPLETION)
	@echo "installed $(PROGRAMS), man pages and completions under $(ROOT)"

uninstall: ## remove what install put there
	@for p in $(PROGRAMS); do rm -f $(ROOT)/bin/$$p $(MAN)/man1/$$p.1; done
	@rm -f $(MAN)/man5/circus.ini.5 $(MAN)/man5/supervisord.conf.5 $(ZSH_COMPLETION)
	@for p in $(COMPLETED); do rm -f $(BASH_COMPLETION)/$$p $(FISH_COMPLETION)/$$p.fish; done

screenshots: ## draw the pictures of the docs from the running programs
	@scripts/install-dependencies --test
	@swift build --product circusd && swift build --product circus-top
	@scripts/screenshot-top docs/images/circus-top.png
	@swift build --product supervisord
	@scripts/screenshot-console docs/images/console-light.png docs/images/console-dark.png

clean: ## remove build products
	@rm -rf .build
