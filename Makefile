# A thin front door: every target is a line or two of CMake, for those who would rather not remember it.
# Works on a bare Debian 12 with make alone; `make deps` brings the rest from third_party/packages.txt.
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)

packages := $(shell sed 's/\#.*//' third_party/packages.txt)
sudo := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
launcher = $(shell command -v ccache >/dev/null && echo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
binary := build/release/bin/refrain
sources = $$(git ls-files 'apps/*.h' 'apps/*.cc' 'bench/*.h' 'bench/*.cc' 'lib/*.h' 'lib/*.cc' 'tests/*.h' 'tests/*.cc')

.PHONY: all deps configure build demo test test-all bench install format check-format clean
all: build

# Nothing to do, and no network needed, when everything is installed.
deps:
	@dpkg-query -W -f '$${db:Status-Status}\n' $(packages) 2>&1 | grep -qv '^installed$$' || exit 0; \
	set -ex; $(sudo) apt-get update -q </dev/null; \
	$(sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $(packages) </dev/null

configure: deps
	cmake --preset release $(launcher)

# The command alone; the tests are the greater part of a full build.
build: configure
	cmake --build --preset release -j $(JOBS) --target refrain_command

demo: build
	apps/demo.sh $(binary) build/demo

# Everything that ends within a few minutes; test-all also runs the statistics (label slow) and the benchmarks' smoke runs.
test: configure
	cmake --build --preset release -j $(JOBS)
	ctest --preset release -j $(JOBS) -LE 'slow|bench'

test-all: configure
	cmake --build --preset release -j $(JOBS)
	ctest --preset release -j $(JOBS)

bench: configure
	cmake --build --preset release -j $(JOBS)
	for b in build/release/bin/*_bench; do $$b || exit 1; done

# The library, its headers and the command: find_package(refrain) finds them under PREFIX.
install: build
	cmake --install build/release --prefix $(PREFIX)

format:
	clang-format -i $(sources)

check-format:
	clang-format --dry-run -Werror $(sources)

clean:
	rm -rf build
