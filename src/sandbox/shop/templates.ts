import type { Basics } from './basics.ts'
import { shortId, ulid, unique } from './ids.ts'
import { makeTimestamps } from './timestamps.ts'
import { named } from './groups.ts'
import { awkward } from './names.ts'
import type { Random } from './random.ts'
import type { ResourceBuilder } from './resource-builder.ts'
import { secondsText } from './time-text.ts'

const names = [
  'Newsletter – two columns',
  'Welcome 1',
  'Welcome 2',
  'Abandoned cart',
  'Browse abandonment',
  'Post-purchase',
  'Win-back “we miss you”',
  'Review request ⭐',
  'Product launch',
  'Sale announcement',
  'Price drop',
  'Birthday 🎂',
  'VIP preview',
  'Shipping delay',
  'プレゼント企画',
  'Rückruf / Sicherheitshinweis',
]

const style = 'font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#222'

const block = (random: Random): string =>
  `<tr><td style="padding:18px 24px;${style}"><h2>${random.pick(['New in', 'Neu & schön', 'À ne pas manquer', '新着'])}</h2>` +
  `<p>{{ first_name|default:'friend' }}, ${random.pick(awkward.filter((text) => !/[\p{Cc}<&]/u.test(text)))}</p>` +
  `<a href="{% unsubscribe_link %}?utm_source=email&amp;utm_term=${random.below(9999)}">Shop now &rarr;</a></td></tr>\n`

const html = (random: Random, blocks: number): string =>
  '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{{ subject }}</title></head>\n<body>\n<table width="600">\n' +
  Array.from({ length: blocks }, () => block(random)).join('') +
  '</table>\n</body>\n</html>\n'

/** Email templates with some kilobytes of HTML each, and a few pieces of universal content. */
export function addTemplates(basics: Basics, builder: ResourceBuilder, count: number): void {
  const random = basics.random('templates')
  const id = unique(() => shortId(random))
  for (let i = 0; i < count; i++) {
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const editor = random.pick(['SYSTEM_DRAGGABLE', 'SYSTEM_DRAGGABLE', 'USER_DRAGGABLE', 'CODE'])
    builder.add('template', id(), {
      name: named(names, i),
      editor_type: editor,
      html: html(random, random.between(4, 14)),
      text: random.chance(0.7) ? 'New in\n\n{{ first_name }}, have a look.\n{% unsubscribe %}' : '',
      amp: random.chance(0.05) ? '<!doctype html><html ⚡4email></html>' : null,
      created: secondsText(createdS),
      updated: secondsText(updatedS),
      definition:
        editor === 'SYSTEM_DRAGGABLE'
          ? {
              body: {
                properties: { css_class: null },
                styles: { background_color: '#ffffff', width: 600 },
                sections: [],
              },
              styles: [],
            }
          : null,
    })
  }
}

export function addUniversalContent(basics: Basics, builder: ResourceBuilder, count: number): void {
  const random = basics.random('universal content')
  for (let i = 0; i < count; i++) {
    const { createdS, updatedS } = makeTimestamps(basics, random)
    const rendered = random.chance(0.7)
    builder.add('template-universal-content', ulid(random, createdS * 1000), {
      name: `${random.pick(['Footer', 'Header', 'Store hours', 'Legal «mentions»', 'Size guide'])} ${i + 1}`,
      definition: {
        content_type: 'block',
        type: 'html',
        data: {
          content: `<p>${random.pick(['Folge uns', 'Follow us', 'フォローする'])}</p>`,
          display_options: { show_on: 'all', visible_check: null },
        },
      },
      created: secondsText(createdS),
      updated: secondsText(updatedS),
      screenshot_status: rendered ? 'completed' : random.pick(['never_generated', 'stale', 'failed']),
      screenshot_url: rendered ? `https://images.${basics.storefront.domain}/universal/${i + 1}.png` : '',
    })
  }
}
