# ruff: noqa: E501  (a table reads best one row a line)
"""The table of rule variables as data; `fields.py` reads it.

Columns: key, label, parameter, family, level, type, how many are numbered, what it is; and where the values are the
customer's own, or addresses that seldom recur, and are kept with the order alone, `not counted`.
"""

TABLE = """
CURRENCY | Currency | CurrencyCode | order | order | currency | 1 | what the customer paid in; the program's default currency when the conversion names none
CUSTOMER_CITY | Customer City | CustomerCity | customer | order | text | 1 | the customer's city, as the conversion gave it
CUSTOMER_COUNTRY | Customer Country/Region | CustomerCountry | customer | order | country | 1 | the customer's country, as the conversion gave it (usually where the order ships to)
CUSTOMER_POSTCODE | Customer Postcode | CustomerPostCode | customer | order | text | 1 | the customer's postal code, as the conversion gave it | not counted
CUSTOMER_REGION | Customer Region | CustomerRegion | customer | order | text | 1 | the customer's region code, as the conversion gave it
CUSTOMER_STATUS | Customer Status | CustomerStatus | customer | order | status | 1 | the category that the event type's mapping gives the status code
CUSTOMER_TAG | Customer Tag | CustomerTags | customer | order | tags | 1 | the tags that the customer carried at the order's date
DATE | Date | Date | general | order | date | 10 | a date of your own
DERIVED_BROWSER | Derived Browser | DerivedBrowser | derived | order | text | 1 | browser in use at the conversion
DERIVED_COUNTRY | Derived Country/Region | DerivedCountry | derived | order | country | 1 | country of the IP address at the conversion
DERIVED_DEVICE_TYPE | Derived Device Type | DerivedDeviceType | derived | order | text | 1 | kind of device at the conversion
DERIVED_OS | Derived OS | DerivedOs | derived | order | text | 1 | operating system at the conversion
DERIVED_REGION | Derived State/Region | DerivedRegion | derived | order | text | 1 | state or region of the IP address at the conversion
GIFT_PURCHASE | Gift Purchase | GiftPurchase | order | order | bool | 1 | whether the order was marked as a gift
HEAR_ABOUT_US | Hear About Us | HearAboutUs | order | order | text | 1 | where the customer says they heard of the business
ITEM_BRAND | Item Brand | ItemBrand | item | item | text | 1 | the line's brand
ITEM_CATEGORY | Item Category | ItemCategory | item | item | text | 1 | the line's category
ITEM_DELIVERY_TYPE | Item Delivery Type | ItemDeliveryType | item | item | text | 1 | how the line is delivered
ITEM_DISCOUNT | Item Discount | ItemDiscount | item | item | money | 1 | discount on each unit of the line
ITEM_NAME | Item Name | ItemName | item | item | text | 1 | the line's product name
ITEM_PRICE | Item Price | ItemPrice | item | item | money | 1 | price of one unit
ITEM_QUANTITY | Item Quantity | ItemQuantity | item | item | number | 1 | how many units the line has
ITEM_SKU | Item SKU | ItemSku | item | item | text | 1 | the line's SKU
ITEM_SUBCATEGORY | Item Subcategory | ItemSubCategory | item | item | text | 1 | the line's subcategory
ITEM_SUBTOTAL | Item Subtotal | ItemSubTotal | item | item | money | 1 | the line's value before any discount
MONEY | Money | Money | general | order | money | 3 | an amount of your own
NOTE | Note | Note | general | order | text | 1 | a note sent with the order | not counted
NUMERIC | Numeric | Numeric | general | order | number | 10 | a number of your own
ORDER_DISCOUNT | Order Discount | OrderDiscount | order | order | money | 1 | discount on the order as a whole, without discounts on shipping
ORDER_LOCATION_ID | Order Location Id | LocationId | order | order | text | 1 | id of the travel location
ORDER_LOCATION_NAME | Order Location Name | LocationName | order | order | text | 1 | name of the travel location
ORDER_LOCATION_TYPE | Order Location Type | LocationType | order | order | text | 1 | kind of travel location
ORDER_PAYMENT_TYPE | Order Payment Type | PaymentType | order | order | text | 1 | how the customer paid
ORDER_PROMO_CODE | Order Promo Code | OrderPromoCode | order | order | text | 1 | promo code used on the order
ORDER_SHIPPING | Order Shipping | OrderShipping | order | order | money | 1 | shipping; never part of the sale amount
ORDER_TAX | Order Tax | OrderTax | order | order | money | 1 | tax; never part of the sale amount
ORDER_TOTAL | Order Total |  | order | order | money | 1 | sale amount plus tax: discounts are off, tax is still on
REFERRAL_AD | Referral Ad | ReferralAd | referral | order | text | 1 | name and id of the clicked ad
REFERRAL_AD_CAMPAIGN | Referral Ad Campaign | ReferralAdCampaign | referral | order | text | 1 | campaign name at the ad network
REFERRAL_AD_CAMPAIGN_ID | Referral Ad Campaign Id | ReferralAdCampaignId | referral | order | text | 1 | campaign id at the ad network, as the click gave it
REFERRAL_AD_GROUP | Referral Ad Group | ReferralAdGroup | referral | order | text | 1 | ad group at the ad network
REFERRAL_AD_GROUP_ID | Referral Ad Group Id | ReferralAdGroupId | referral | order | text | 1 | id of the ad group at the ad network
REFERRAL_AD_KEYWORD | Referral Ad Keyword | ReferralAdKeyword | referral | order | text | 1 | keyword of the clicked ad
REFERRAL_AD_PLACEMENT | Referral Ad Placement | ReferralAdPlacement | referral | order | text | 1 | where the clicked ad stood
REFERRAL_AD_TYPE | Referral Ad Type | ReferralAdType | referral | order | text | 1 | kind of the clicked ad
REFERRAL_DEAL | Referral Deal | ReferralDeal | referral | order | text | 1 | deal that the click belongs to
REFERRAL_DERIVED_BROWSER | Referral Derived Browser | ReferralDerivedBrowser | referral | order | text | 1 | browser at the click
REFERRAL_DERIVED_COUNTRY | Referral Derived Country/Region | ReferralDerivedCountry | referral | order | country | 1 | country of the IP address at the click
REFERRAL_DERIVED_DEVICE_TYPE | Referral Derived Device Type | ReferralDerivedDeviceType | referral | order | text | 1 | kind of device at the click
REFERRAL_DERIVED_OS | Referral Derived OS | ReferralDerivedOs | referral | order | text | 1 | operating system at the click
REFERRAL_DERIVED_REGION | Referral Derived State/Region | ReferralDerivedRegion | referral | order | text | 1 | state or region of the IP address at the click
REFERRAL_LANDING_PAGE | Referral Landing Page | ReferralLandingPage | referral | order | text | 1 | page that the click led to | not counted
REFERRAL_PARAM | Referral Param | ReferralParam | referral | order | text | 10 | a value of your own in the click's address
REFERRAL_SHARED_ID | Referral SharedId | SharedId | referral | order | text | 1 | shared id that the partner put on the click
REFERRAL_SKU | Referral SKU | ReferralSku | referral | order | text | 1 | SKU that the click promoted
REFERRAL_SUBACCOUNT_ID | Referral Subaccount ID | ReferralSubaccountId | referral | order | text | 1 | id of the partner's subaccount
REFERRAL_SUBACCOUNT_NAME | Referral Subaccount Name | ReferralSubaccountName | referral | order | text | 1 | name of the partner's subaccount
REFERRAL_TRAFFIC_TYPE | Referral Traffic Type | ReferralTrafficType | referral | order | text | 1 | kind of traffic behind the click
REFERRAL_TRAFFIC_SOURCE | Referral Traffic Source | ReferralTrafficSource | referral | order | text | 1 | source of the traffic behind the click
REFERRAL_URL | Referral URL | ReferralUrl | referral | order | text | 1 | page that the click came from; *facebook* finds it anywhere in the address | not counted
SITE_CATEGORY | Site Category | SiteCategory | site | order | text | 1 | category of the site
SITE_VERSION | Site Version | SiteVersion | site | order | text | 1 | version of the site
TEXT | Text | Text | general | order | text | 50 | a text of your own
LIST_ORDER_PROMO_CODE | List for Order Promo Code | OrderPromoCode | list | order | list | 1 | whether the order's promo code is on an exception list
LIST_ITEM_PROMO_CODE | List for Item Promo Code | ItemPromoCode | list | item | list | 1 | whether the line's promo code is on an exception list
LIST_ITEM_SKU | List for Item SKU | ItemSku | list | item | list | 1 | whether the line's SKU is on an exception list
LIST_ITEM_CATEGORY | List for Item Category | ItemCategory | list | item | list | 1 | whether the line's category is on an exception list
LIST_ITEM_SUPER_CATEGORY | List for Item Super Category | ItemCategory | list | item | list | 1 | whether category_subcategory of the line is on an exception list
ITEM_CATALOG_MANUFACTURER | Item Catalog Manufacturer | ItemSku | catalog | item | text | 1 | manufacturer that the catalog has for the SKU
ITEM_CATALOG_ORIGINAL_FORMAT_CATEGORY | Item Catalog Original Format Category | ItemSku | catalog | item | text | 1 | category that the catalog has for the SKU, as the brand wrote it
ITEM_CATALOG_CATEGORY | Item Catalog Category | ItemSku | catalog | item | text | 1 | category that the catalog has for the SKU
ITEM_CATALOG_SUBCATEGORY | Item Catalog Subcategory | ItemSku | catalog | item | text | 1 | subcategory that the catalog has for the SKU
ITEM_TEXT | Item Text | ItemText | item | item | text | 10 | a text of your own on the line
ITEM_NUMERIC | Item Numeric | ItemNumeric | item | item | number | 10 | a number of your own on the line
ITEM_DATE | Item Date | ItemDate | item | item | date | 10 | a date of your own on the line
ITEM_MONEY | Item Money | ItemMoney | item | item | money | 3 | an amount of your own on the line
ITEM_PROMO_CODE | Item Promo Code | ItemPromoCode | item | item | text | 1 | promo code used on the line
ORDER_DISCOUNT_RATE | Order Discount Rate | OrderDiscountRate | order | order | number | 1 | discount on the order in percent
ITEM_DISCOUNT_RATE | Item Discount Rate | ItemDiscountRate | item | item | number | 1 | discount on the line in percent
PATH_CHANNEL_COUNT | Path Channel Count | PathChannelCount | path | order | number | 1 | channels in the path
PATH_CLOSING_CHANNELS | Path Closing Channels | PathClosingChannels | path | order | tags | 1 | channel of the winning step
PATH_CLOSING_GROUPS | Path Closing Groups | PathClosingGroups | path | order | tags | 1 | group of the winning step
PATH_CLOSING_MEDIA | Path Closing Media | PathClosingMedia | path | order | tags | 1 | media source of the winning step
PATH_PARTNER_COUNT_PROGRAM | Path Impact Partner Count | PathPartnerCountProgram | path | order | number | 1 | partners with a click or impression in the path that could have been credited
PATH_INTRODUCING_CHANNELS | Path Introducing Channels | PathIntroducingChannels | path | order | tags | 1 | channel of the first step
PATH_INTRODUCING_GROUPS | Path Introducing Groups | PathIntroducingGroups | path | order | tags | 1 | group of the first step
PATH_INTRODUCING_MEDIA | Path Introducing Media | PathIntroducingMedia | path | order | tags | 1 | media source of the first step
PATH_MEDIA_COUNT | Path Media Count | PathMediaCount | path | order | number | 1 | partners and other media sources in the path
PATH_PARTICIPATING_CHANNELS | Path Participating Channels | PathParticipatingChannels | path | order | tags | 1 | channels between the first and the winning step
PATH_PARTICIPATING_GROUPS | Path Participating Groups | PathParticipatingGroups | path | order | tags | 1 | groups between the first and the winning step
PATH_PARTICIPATING_MEDIA | Path Participating Media | PathParticipatingMedia | path | order | tags | 1 | media sources between the first and the winning step
PATH_PARTNER_COUNT | Path Partner Count | PathPartnerCount | path | order | number | 1 | partners with a click in the path
PATH_STEPS | Path Steps | PathSteps | path | order | number | 1 | impressions and clicks in the path
CUSTOMER_ORDER_NUMBER | Customer Order Number | CustomerOrderNumber | history | order | number | 1 | 1 for the customer's first order
CUSTOMER_FIRST_ORDER_DATE | Customer First Order Date | CustomerFirstOrderDate | history | order | date | 1 | the day of the customer's first order
CUSTOMER_MONTHS_SINCE_FIRST_ORDER | Customer Months Since First Order | CustomerMonthsSinceFirstOrder | history | order | number | 1 | whole calendar months from the customer's first order to this one
"""
