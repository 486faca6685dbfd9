# The front door. `make help` lists what is here.
PREFIX ?= /usr/local
# Small rather than unrolled, and at a fixed address: a daemon that sits idle should not take pages
# for relocations (docs/decisions/0005-release-build.md).
RELEASE = swift build -c release --static-swift-stdlib -Xswiftc -Osize -Xlinker --gc-sections \
  -Xlinker -s -Xlinker -no-pie -Xlinker --no-export-dynamic -Xlinker --icf=all
BIN = .build/release
PROGRAMS = circusd circusctl

.DEFAULT_GOAL := help
.PHONY: help deps run build test lint format bench install uninstall clean

help: ## list these targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## install missing Debian packages
	@scripts/install-dependencies

build: deps ## build the release programs into .build/release
	@$(RELEASE)

run: build ## build and run examples/quickstart.ini in the foreground
	@examples/quickstart

test: ## install what the tests need and run all of them
	@scripts/install-dependencies --test
	@swift build --build-tests
	@swift test --skip-build

lint: ## swift format, strict, and the house rules
	@swift format lint --strict --parallel -r Sources Tests Package.swift
	@scripts/check-style

format: ## format all Swift files in place
	@swift format format -i --parallel -r Sources Tests Package.swift

bench: build ## measure beside stock circus, supervisor and the physical limits
	@scripts/install-dependencies --test
	@Benchmarks/run

install: build ## install programs and man pages under PREFIX
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	@for p in $(PROGRAMS); do install -m 755 $(BIN)/$$p $(DESTDIR)$(PREFIX)/bin/$$p; done
	@install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	@install -m 644 docs/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	@echo "installed $(PROGRAMS) and man pages under $(DESTDIR)$(PREFIX)"

uninstall: ## remove what install put there
	@for p in $(PROGRAMS); do rm -f $(DESTDIR)$(PREFIX)/bin/$$p $(DESTDIR)$(PREFIX)/share/man/man1/$$p.1; done
	@rm -f $(DESTDIR)$(PREFIX)/share/man/man5/circus.ini.5

clean: ## remove build products
	@rm -rf .build
