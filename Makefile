# SPDX-License-Identifier: GPL-3.0-or-later
# culver: one Makefile, no recursion; config.mk is made from configure.ac.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

# DEV=1: warnings are errors, with the address and undefined sanitizers.
# FUZZ=1: what `make fuzz` builds (clang). V=1: show the commands.
ifdef FUZZ
O := build/fuzz
else ifdef DEV
O := build/dev
else
O := build
endif
ifdef V
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif
ifneq ($(findstring s,$(firstword -$(MAKEFLAGS))),)
say = @:
endif

# These goals first install what is missing to build and to test: now, before
# anything looks at configure. The others say what is missing.
ifneq ($(filter deps demo demo-server check check-servers soak bench bench-big bench-wire fuzz check-man,$(MAKECMDGOALS)),)
ifeq ($(MAKE_RESTARTS)$(FUZZ),)
ifneq ($(shell tests/deps packages >&2 || echo failed),)
$(error packages are missing)
endif
endif
endif

# --- configuration: bootstrap configure, then config.mk ----------------------
NO_CONFIG := clean distclean dist-clean check-layers deps demo-server
ifneq ($(if $(MAKECMDGOALS),$(filter-out $(NO_CONFIG),$(MAKECMDGOALS)),all),)
include config.mk
endif

configure: configure.ac
	@command -v autoconf >/dev/null || { echo "autoconf is missing:" \
		"'make deps' installs it on Debian and Ubuntu; README," \
		"section \"Building\", names the packages elsewhere" >&2; exit 1; }
	autoconf
config.status: configure
	if test -x ./config.status; then ./config.status --recheck; else ./configure; fi
config.mk: config.mk.in config.status
	./config.status $@

# --- sources: the folders are the list --------------------------------------
ENGINE_SRC := $(sort $(wildcard src/*/*.c))
UI_SRC := $(sort $(wildcard ui/*.c))
# Tests: those of unit/ and imap/ see the engine alone, those of ui/ the
# screens without main(), those of pty/ run ./culver on a terminal. Each
# test-*.c is a program; what else is in its folder is linked to all of them.
ENGINE_TEST_SRC := $(sort $(wildcard tests/unit/*.c tests/imap/*.c))
UI_TEST_SRC := $(sort $(wildcard tests/ui/*.c))
PTY_TEST_SRC := $(sort $(wildcard tests/pty/*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz-*.c))
TOOL_SRC := $(sort $(wildcard tests/bench/*.c))
# What is loaded before a program, to stand between it and the system.
PRELOADS := $(patsubst %.c,$(O)/%.so,$(wildcard tests/preload/*.c))
HARNESS_SRC := $(sort $(wildcard tests/bench/harness/*.c))

WARN := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla -Wundef
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
ifdef FUZZ
override CC := clang
override CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link $(SANITIZE)
override LDFLAGS += -fsanitize=fuzzer $(SANITIZE)
else ifdef DEV
override CFLAGS := -O1 -g -Werror -fno-omit-frame-pointer $(SANITIZE)
override LDFLAGS += $(SANITIZE)
endif
ALL_CPPFLAGS = -I. -I$(O) -D_GNU_SOURCE -DCULVER_VERSION='"$(VERSION)"' $(CPPFLAGS)

objects = $(patsubst %.c,$(O)/%.o,$(1))
programs = $(patsubst %.c,$(O)/%,$(foreach f,$(1),$(if $(filter test-%,$(notdir $(f))),$(f))))
# helpers FOLDER SOURCES: the objects that are no test of their own.
helpers = $(call objects,$(foreach f,$(filter $(1)/%,$(2)),$(if $(filter test-%,$(notdir $(f))),,$(f))))

ENGINE_OBJ := $(call objects,$(ENGINE_SRC))
UI_OBJ := $(call objects,$(UI_SRC))
ENGINE_TESTS := $(call programs,$(ENGINE_TEST_SRC))
UI_TESTS := $(call programs,$(UI_TEST_SRC))
PTY_TESTS := $(if $(TEST_LIBS),$(call programs,$(PTY_TEST_SRC)))
REPLAYS := $(patsubst tests/fuzz/fuzz-%.c,$(O)/tests/fuzz/replay-%,$(FUZZ_SRC))
FUZZERS := $(patsubst %.c,$(O)/%,$(FUZZ_SRC))
OBJ := $(call objects,$(ENGINE_SRC) $(UI_SRC) $(ENGINE_TEST_SRC) $(UI_TEST_SRC) \
	$(PTY_TEST_SRC) $(FUZZ_SRC) $(TOOL_SRC) $(HARNESS_SRC) \
	tests/fuzz/replay.c)

all: culver

# The engine may not see curses: only these flags reach src/.
$(call objects,$(ENGINE_SRC) $(ENGINE_TEST_SRC) $(FUZZ_SRC) tests/fuzz/replay.c): \
	PKG_CFLAGS = $(ENGINE_CFLAGS)
$(call objects,$(UI_SRC) $(UI_TEST_SRC) $(TOOL_SRC) $(HARNESS_SRC)): \
	PKG_CFLAGS = $(ENGINE_CFLAGS) $(UI_CFLAGS)
$(call objects,$(PTY_TEST_SRC)): PKG_CFLAGS = $(ENGINE_CFLAGS) $(UI_CFLAGS) $(TEST_CFLAGS)

$(O)/%.o: %.c Makefile config.mk
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(WARN) $(CFLAGS) $(ALL_CPPFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/libculver.a: $(ENGINE_OBJ)
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^
$(O)/libculver-ui.a: $(filter-out $(O)/ui/main.o,$(UI_OBJ))
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^

define link
$(say) LINK $@
$(Q)mkdir -p $(@D) && $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)
endef

# ./culver is the last one built, with or without DEV: when the mode has
# changed since, it is linked anew.
ifneq ($(shell cat build/mode 2>/dev/null),$(O))
.PHONY: culver
endif
culver: $(O)/ui/main.o $(O)/libculver-ui.a $(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(UI_LIBS) $(LIBS)
	@echo $(O) >build/mode

.SECONDEXPANSION:
# What the programs of tests/bench share.
$(O)/tests/bench/harness.a: $(call objects,$(HARNESS_SRC))
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^
# In an archive, of which each test takes what it uses.
ENGINE_HELPERS := $(O)/tests/unit/helpers.a $(O)/tests/imap/helpers.a
$(ENGINE_HELPERS): $$(call helpers,$$(subst $(O)/,,$$(@D)),$(ENGINE_TEST_SRC))
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $^
$(ENGINE_TESTS): $(O)/%: $(O)/%.o $$(@D)/helpers.a $(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(LIBS)
$(UI_TESTS): $(O)/%: $(O)/%.o $(call helpers,tests/ui,$(UI_TEST_SRC)) \
		$(O)/libculver-ui.a $(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(UI_LIBS) $(LIBS)
$(PTY_TESTS): $(O)/%: $(O)/%.o $(call helpers,tests/pty,$(PTY_TEST_SRC)) $(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(TEST_LIBS) $(LIBS)
$(REPLAYS): $(O)/tests/fuzz/replay-%: $(O)/tests/fuzz/fuzz-%.o $(O)/tests/fuzz/replay.o \
		$(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(LIBS)
$(FUZZERS): $(O)/%: $(O)/%.o $(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(LIBS)
$(patsubst %.c,$(O)/%,$(TOOL_SRC)): $(O)/%: $(O)/%.o $(O)/tests/bench/harness.a \
		$(O)/libculver.a
	$(link) $(ENGINE_LIBS) $(UI_LIBS) $(TEST_LIBS) $(LIBS)

$(O)/tests/bench/bench $(O)/tests/bench/hinder-keys: $(O)/tests/pty/tty.o
$(O)/tests/pty/test-soak: | $(O)/tests/preload/clock.so

$(O)/tests/preload/%.so: tests/preload/%.c tests/preload/clock.h
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(WARN) -O2 $(ALL_CPPFLAGS) -shared -fPIC -o $@ $< -ldl

# --- manual and completions: made from the rows of the program ---------------
MAN_SRC := $(wildcard man/*.in)
MAN := $(patsubst man/%.in,$(O)/man/%,$(MAN_SRC))
# A line "@docgen WHAT@" stands for what `culver --docgen WHAT` prints.
$(MAN): $(O)/man/%: man/%.in culver
	@mkdir -p $(@D)
	$(say) DOCGEN $@
	$(Q)man/generate ./culver $(VERSION) $< >$@
man: $(MAN)

# --- tests ------------------------------------------------------------------
# deps: the packages came first (above), then the servers of tests and demo.
deps:
	@tests/deps servers
# tests/script/wire.t counts with these.
WIRE_TOOLS := $(O)/tests/bench/proxy $(O)/tests/bench/mailbox
check: $(ENGINE_TESTS) $(UI_TESTS) $(PTY_TESTS) $(REPLAYS) culver $(MAN) $(WIRE_TOOLS) | deps
	@tests/run tests/layers tests/man $(ENGINE_TESTS) $(UI_TESTS) $(REPLAYS) \
		$(PTY_TESTS) $(if $(TEST_LIBS),,tests/pty/missing) \
		$(sort $(wildcard tests/script/*.t))
# Connections cut off at every octet, where check does so behind every line.
check-long: $(filter %/test-transcripts %/test-mail-cut,$(ENGINE_TESTS))
	@CULVER_CUTS=all TEST_SECONDS=7200 tests/run $^
# A day of what a bounded time of check begins with.
soak: $(filter %/test-soak,$(PTY_TESTS)) culver | deps
	@SOAK_HOURS=24 TEST_SECONDS=3600 tests/run $(filter %/test-soak,$(PTY_TESTS))
# The servers of newer Debian releases, too: their packages come with all they
# depend on, so this takes longer. The table at the end of tests/servers/README
# has to be what comes out; WRITE=1 puts it there.
check-servers: culver $(WIRE_TOOLS) | deps
	@rm -rf $(O)/table && mkdir -p $(O)/table
	@TABLE=$(abspath $(O)/table) tests/run \
		$(sort $(wildcard tests/script/*.t tests/script/newer/*.t)) \
		$(if $(WRITE),,-- tests/servers/is-current)
	$(if $(WRITE),tests/servers/table $(O)/table tests/servers/README)
check-layers:
	@tests/layers
check-man: $(MAN)
	@tests/man
bench: culver $(patsubst %.c,$(O)/%,$(TOOL_SRC)) $(PRELOADS) | deps
	@tests/bench/run $(O)
	@tests/bench/wire $(O)
bench-big: culver $(patsubst %.c,$(O)/%,$(TOOL_SRC)) $(PRELOADS) | deps
	@SIZES="1000 10000 100000 1000000" tests/bench/run $(O)
	@tests/bench/wire $(O)
bench-wire: culver $(patsubst %.c,$(O)/%,$(TOOL_SRC)) | deps
	@tests/bench/wire $(O)
fuzz:
	@tests/fuzz/run $(MAKE)
fuzzers: $(FUZZERS)
demo: culver | deps
	@tests/demo
demo-server: | deps
	@tests/demo-server

# --- installing -----------------------------------------------------------
ifdef PREFIX
prefix := $(PREFIX)
endif
bash_completions = $(datadir)/bash-completion/completions
zsh_completions = $(datadir)/zsh/site-functions
install: culver $(MAN)
	install -d $(DESTDIR)$(bindir)
	install -m 755 culver $(DESTDIR)$(bindir)/culver
	for page in $(MAN); do \
		section=$${page##*.}; \
		install -d $(DESTDIR)$(mandir)/man$$section && \
		install -m 644 $$page $(DESTDIR)$(mandir)/man$$section/ || exit; \
	done
	install -d $(DESTDIR)$(bash_completions) $(DESTDIR)$(zsh_completions)
	./culver --docgen bash-completion >$(DESTDIR)$(bash_completions)/culver
	./culver --docgen zsh-completion >$(DESTDIR)$(zsh_completions)/_culver
uninstall:
	rm -f $(DESTDIR)$(bindir)/culver $(DESTDIR)$(bash_completions)/culver \
		$(DESTDIR)$(zsh_completions)/_culver
	for page in $(notdir $(MAN)); do \
		rm -f $(DESTDIR)$(mandir)/man$${page##*.}/$$page; \
	done

clean:
	rm -rf build culver
distclean dist-clean: clean
	rm -rf config.mk config.status config.log configure autom4te.cache

.PHONY: all bench bench-big bench-wire check check-layers check-long check-man check-servers clean demo demo-server deps \
	dist-clean distclean fuzz fuzzers install man soak uninstall
.SECONDARY:
-include $(OBJ:.o=.d)
