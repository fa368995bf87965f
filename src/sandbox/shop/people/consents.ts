import type { Random } from '../random.ts'
import { secondsText } from '../time-text.ts'
import type { Person } from './person.ts'

type Parts = Readonly<{
  random: Random
  person: Person
  createdS: number
  nowS: number
  listIds: readonly string[]
}>

type Consent = 'SUBSCRIBED' | 'UNSUBSCRIBED' | 'NEVER_SUBSCRIBED'

/** What someone has agreed to receive, by channel, as the additional field `subscriptions` shows it. */
export function subscriptionsOf({ random, person, createdS, nowS, listIds }: Parts): unknown {
  const moment = (): string => secondsText(createdS + random.below(Math.max(1, nowS - createdS)))
  const consent = (has: boolean, often: number): Consent => {
    const fate = random.unit()
    if (!has || fate > often + 0.12) return 'NEVER_SUBSCRIBED'
    return fate < often ? 'SUBSCRIBED' : 'UNSUBSCRIBED'
  }
  const email = consent(person.email !== null, 0.66)
  const sms = consent(person.phoneNumber !== null, 0.5)
  const suppressed = random.chance(0.05)
  const method = random.pick(['FORM', 'PREFERENCE_PAGE', 'API', 'CHECKOUT', 'MANUAL_ADD'])
  const given = (state: Consent): string | null => (state === 'NEVER_SUBSCRIBED' ? null : moment())
  const emailAt = given(email)
  const smsAt = given(sms)
  return {
    email: {
      marketing: {
        can_receive_email_marketing: email !== 'UNSUBSCRIBED' && person.email !== null && !suppressed,
        consent: email,
        consent_timestamp: emailAt,
        last_updated: emailAt,
        method: email === 'NEVER_SUBSCRIBED' ? null : method,
        method_detail: random.pick(['', 'Footer – “Newsletter”', null]),
        custom_method_detail: null,
        double_optin: email === 'SUBSCRIBED' ? random.chance(0.4) : null,
        suppression: suppressed
          ? [
              {
                reason: random.pick(['HARD_BOUNCE', 'SPAM_COMPLAINT', 'USER_SUPPRESSED', 'UNSUBSCRIBE']),
                timestamp: moment(),
              },
            ]
          : [],
        list_suppressions:
          random.chance(0.02) && listIds.length > 0
            ? [{ list_id: random.pick(listIds), reason: 'USER_SUPPRESSED', timestamp: moment() }]
            : [],
      },
    },
    sms: {
      marketing: {
        can_receive_sms_marketing: sms === 'SUBSCRIBED',
        consent: sms,
        consent_timestamp: smsAt,
        method: smsAt === null ? null : 'TEXT',
        method_detail: smsAt === null ? null : 'JOIN',
        last_updated: smsAt,
      },
      transactional: null,
    },
    mobile_push: {
      marketing: { can_receive_push_marketing: false, consent: 'NEVER_SUBSCRIBED', consent_timestamp: null },
    },
    // Recorded as null, not absent, where the account has no WhatsApp.
    whatsapp: null,
  }
}
