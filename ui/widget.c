/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damage and what it asks for. See widget.h. */
#include "src/base/base.h"
#include "ui/widget.h"

#include "ui/frame.h"

void widget_init(struct widget *widget, const struct widget_ops *ops)
{
	widget->ops = ops;
	widget->area = (struct area){ 0, 0, 0, 0 };
	widget->is_visible = false;
	widget->damage = DAMAGE_LAYOUT | DAMAGE_CONTENT | DAMAGE_PAINT;
}

void widget_damage(struct widget *widget, enum damage damage)
{
	widget->damage |= damage;
	if (widget->is_visible)
		frame_request();
}

void widget_update(struct widget *widget)
{
	unsigned damage = widget->damage;

	if (damage == 0)
		return;
	widget->damage = 0;
	if (damage & DAMAGE_LAYOUT && widget->ops->layout)
		widget->ops->layout(widget);
	if (damage & (DAMAGE_LAYOUT | DAMAGE_CONTENT) && widget->ops->recalc)
		widget->ops->recalc(widget);
	widget->ops->paint(widget);
}

void widget_set_area(struct widget *widget, const struct area *area)
{
	widget->area = *area;
	widget_damage(widget, DAMAGE_LAYOUT);
}

void widget_free(struct widget **widget)
{
	if (*widget)
		(*widget)->ops->free(*widget);
	*widget = NULL;
}
