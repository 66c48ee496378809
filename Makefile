# The front door: everything that is done with this tree, over Meson and the scripts in tools/.

.DEFAULT_GOAL := build

help:
	@echo 'make, make build   build/usher, optimised and with debug information'
	@echo 'make run           installs what is missing, builds, starts the demo (DEMO="--crowd 200")'
	@echo 'make quick         while you write: rules, units, a few worlds, the core over HTTP; 30 seconds'
	@echo 'make test          what a change must pass: installs what is missing, builds, runs every test'
	@echo 'make check         format, clang-tidy, layering, purity, one word for one idea'
	@echo 'make asan          every test under AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make tsan          every test under ThreadSanitizer'
	@echo 'make asan-build    only builds what make asan runs'
	@echo 'make tsan-build    only builds what make tsan runs'
	@echo 'make sim           SEEDS simulated worlds with everything that can go wrong (1,000; SMALL=1)'
	@echo 'make mutants       plants bugs and sees that each is found'
	@echo 'make fault         real processes killed, starved and cut off, at length'
	@echo 'make fuzz          TIME seconds of every fuzzer (60)'
	@echo 'make coverage      lines and branches of office and store that tests and simulator run'
	@echo 'make axe           every page in every state, language, size and colour scheme: accessible or not'
	@echo 'make bench-web     what the pages weigh and how fast they are in a real browser (WEB_BENCH_ONLY)'
	@echo 'make bench         speed, beside its peers (BENCH_ONLY, BENCH_ROUNDS, BENCH_SECONDS, BENCH_BASE)'
	@echo 'make flame         where the time goes while seats are held: bench/flame.svg'
	@echo 'make shots         the pictures of the README, from a fixed seed and clock: docs/pictures'
	@echo 'make dist          build/dist: a tarball that builds without network or Node'
	@echo 'make deb           build/deb: a package for Debian 12'
	@echo 'make install       what make build built, below PREFIX (/usr/local) in DESTDIR'
	@echo 'make fmt           formats the source'
	@echo 'make clean         removes the builds'

build:
	@tools/install build
	@tools/build build --buildtype=debugoptimized

DEMO ?= --crowd 200

run: build
	@tools/install run
	@build/usher demo $(DEMO)

# Builds only what it runs: the program here, the tests where they are run.
quick:
	@tools/install build test
	@tools/build build --buildtype=debugoptimized -- src/app/usher test/fault/quick_passwords.so
	@tools/test build --quick

test: build
	@tools/install test
	@tools/test build

check: build
	@tools/install check test
	@tools/check

# A finding ends the program, which fails the test that ran it. -O1 compiles in two thirds of the time
# and keeps stacks readable, for which -g1 is enough, in another sixth less; gcc warns falsely there, and
# the other build has judged the warnings.
sanitized := -Ddebug=true -Doptimization=1 -Dwerror=false -Db_lundef=false \
    -Dc_args='-fno-sanitize-recover=all -fno-omit-frame-pointer -g1'

asan-build:
	@tools/install build
	@tools/build build-asan -Db_sanitize=address,undefined $(sanitized)

asan: asan-build
	@tools/install test
	@tools/test build-asan

tsan-build:
	@tools/install build
	@tools/build build-tsan -Db_sanitize=thread $(sanitized)

tsan: tsan-build
	@tools/install test
	@tools/test build-tsan

sim: build
	@tools/sim $(or $(SEEDS),1000) $(or $(FIRST),1) $(if $(SMALL),--small)

mutants: build
	@tools/install test
	@node tools/mutants.mjs

fault: build
	@tools/install test
	@tools/fault

fuzz:
	@tools/install build fuzz
	@tools/fuzz $(or $(TIME),60)

coverage:
	@tools/install build test coverage
	@tools/coverage

# The peers' libraries may have come after Meson looked for them.
bench: build
	@tools/install test bench
	@meson setup --reconfigure build > build/reconfigure.log
	@ninja -C build bench/floor bench/load bench/streams bench/tables bench/from.so
	@node bench/bench.mjs

# `make test` looks at two languages, sizes and colour schemes; this at all of them.
axe: build
	@tools/install test
	@USHER_AXE=all node --test test/web/axe.test.mjs

bench-web: build
	@tools/install test bench bench-web
	@meson setup --reconfigure build > build/reconfigure.log
	@ninja -C build bench/floor bench/load
	@node test/tools/web-bench.mjs

flame: build
	@tools/install test bench flame
	@ninja -C build bench/load
	@node bench/flame.mjs

dist:
	@tools/install build
	@tools/dist

deb:
	@tools/install build deb
	@tools/package

# Settings and units lie below PREFIX too; those of the prefix /usr in /etc and where systemd has its own.
install: build
	@meson configure build -Dprefix=$(or $(PREFIX),/usr/local)
	@DESTDIR=$(DESTDIR) meson install -C build

# Fonts are the machine's: another one draws the same in other letters.
shots: build
	@tools/install test shots
	@node test/tools/shots.mjs

fmt:
	@tools/install check
	@find src test bench -name node_modules -prune -o -name '*.[ch]' -print | xargs clang-format -i

clean:
	rm -rf build build-asan build-tsan build-coverage build-fuzz-run

.PHONY: help build run quick test check asan asan-build tsan tsan-build sim mutants fault fuzz coverage bench axe bench-web flame shots dist deb install fmt clean
