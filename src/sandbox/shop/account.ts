import type { Basics } from './basics.ts'
import { places } from './names.ts'
import type { ResourceBuilder } from './resource-builder.ts'

/** The account, and its one row of tracking settings, which bears the account's id. */
export function addAccount({ accountId, storefront }: Basics, builder: ResourceBuilder): void {
  const home = places.find(({ country }) => country === storefront.country)
  builder.add('account', accountId, {
    test_account: false,
    contact_information: {
      default_sender_name: storefront.name,
      default_sender_email: `hello@${storefront.domain}`,
      website_url: `https://${storefront.domain}`,
      organization_name: `${storefront.name} “Online” & Co.`,
      street_address: {
        address1: '12 Lindenstraße',
        address2: null,
        city: storefront.city,
        region: null,
        country: home?.countryCode ?? null,
        zip: '',
      },
    },
    industry: storefront.industry,
    timezone: storefront.timezone,
    preferred_currency: storefront.currency,
    public_api_key: accountId,
    locale: storefront.locale,
  })
  builder.add('tracking-setting', accountId, {
    auto_add_parameters: true,
    utm_source: {
      flow: { type: 'static', value: 'Klaviyo' },
      campaign: { type: 'static', value: 'Klaviyo' },
    },
    utm_medium: {
      flow: { type: 'dynamic', value: 'message_type' },
      campaign: { type: 'dynamic', value: 'message_type' },
    },
    utm_campaign: {
      flow: { type: 'dynamic', value: 'flow_name' },
      campaign: { type: 'dynamic', value: 'campaign_name_id' },
    },
    utm_id: { flow: null, campaign: { type: 'dynamic', value: 'campaign_id' } },
    utm_term: { flow: { type: 'dynamic', value: 'link_alt_text' }, campaign: null },
    custom_parameters: [
      { name: 'boutique', flow: { type: 'static', value: 'été & hiver' }, campaign: null },
      { name: 'who', flow: { type: 'dynamic', value: 'profile_external_id' }, campaign: null },
    ],
  })
}
