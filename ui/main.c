/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/base.h"

#include <stdio.h>

int main(void)
{
	printf("culver %s\n", CULVER_VERSION);
	return 0;
}
