# SPDX-License-Identifier: GPL-3.0-or-later
# culver: one Makefile, no recursion; config.mk is made from configure.ac.
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

# DEV=1: warnings are errors, with the address and undefined sanitizers.
ifdef DEV
O := build/dev
else
O := build
endif

# --- configuration: bootstrap configure, then config.mk ----------------------
ifeq ($(filter clean distclean,$(MAKECMDGOALS)),)
include config.mk
endif

configure: configure.ac
	autoconf
config.status: configure
	if test -x ./config.status; then ./config.status --recheck; else ./configure; fi
config.mk: config.mk.in config.status
	./config.status $@

# --- sources: the folders are the list --------------------------------------
ENGINE_SRC := $(sort $(wildcard src/*/*.c))
UI_SRC := $(sort $(wildcard ui/*.c))
# Tests: unit tests see the engine alone, ui tests the screen without main().
UNIT_SRC := $(sort $(wildcard tests/unit/test-*.c))
UI_TEST_SRC := $(sort $(wildcard tests/ui/test-*.c))

WARN := -std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla -Wundef
ifdef DEV
override CFLAGS := -O1 -g -Werror -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined
override LDFLAGS += -fsanitize=address,undefined
endif
ALL_CPPFLAGS = -I. -I$(O) -D_GNU_SOURCE -DCULVER_VERSION='"$(VERSION)"' $(CPPFLAGS)

ENGINE_OBJ := $(ENGINE_SRC:%.c=$(O)/%.o)
UI_OBJ := $(UI_SRC:%.c=$(O)/%.o)
UNIT_OBJ := $(UNIT_SRC:%.c=$(O)/%.o)
UI_TEST_OBJ := $(UI_TEST_SRC:%.c=$(O)/%.o)
UNIT_TESTS := $(UNIT_SRC:%.c=$(O)/%)
UI_TESTS := $(UI_TEST_SRC:%.c=$(O)/%)

all: culver

# The engine may not see curses: only these flags reach src/.
$(ENGINE_OBJ) $(UNIT_OBJ): PKG_CFLAGS = $(ENGINE_CFLAGS)
$(UI_OBJ) $(UI_TEST_OBJ):  PKG_CFLAGS = $(ENGINE_CFLAGS) $(UI_CFLAGS)

$(O)/%.o: %.c Makefile config.mk
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) $(ALL_CPPFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/libculver.a: $(ENGINE_OBJ)
	rm -f $@ && ar rcs $@ $^
$(O)/libculver-ui.a: $(filter-out $(O)/ui/main.o,$(UI_OBJ))
	rm -f $@ && ar rcs $@ $^

# ./culver is the last one built, with or without DEV: when the mode has
# changed since, it is linked anew.
ifneq ($(shell cat build/mode 2>/dev/null),$(O))
.PHONY: culver
endif
culver: $(O)/ui/main.o $(O)/libculver-ui.a $(O)/libculver.a
	$(CC) $(LDFLAGS) -o $@ $^ $(ENGINE_LIBS) $(UI_LIBS) $(LIBS)
	@echo $(O) >build/mode

$(UNIT_TESTS): $(O)/%: $(O)/%.o $(O)/libculver.a
	$(CC) $(LDFLAGS) -o $@ $^ $(ENGINE_LIBS) $(LIBS)
$(UI_TESTS): $(O)/%: $(O)/%.o $(O)/libculver-ui.a $(O)/libculver.a
	$(CC) $(LDFLAGS) -o $@ $^ $(ENGINE_LIBS) $(UI_LIBS) $(LIBS)

# Which libraries and servers the tests need: tests/servers/.
check: $(UNIT_TESTS) $(UI_TESTS)
	tests/run $^

clean:
	rm -rf build culver
distclean: clean
	rm -rf config.mk config.status config.log configure autom4te.cache

.PHONY: all check clean distclean
.SECONDARY:
-include $(ENGINE_OBJ:.o=.d) $(UI_OBJ:.o=.d) $(UNIT_OBJ:.o=.d) $(UI_TEST_OBJ:.o=.d)
