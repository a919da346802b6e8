import base64
import json
import time

from benchmarks.brand_orders import one_line_order
from benchmarks.home import own_home


def cpu(f):
    a=time.process_time(); f(); return time.process_time()-a
with own_home():
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone
    settings.ALLOWED_HOSTS=["testserver"]; settings.API_REQUESTS_PER_MINUTE=10**9
    from benchmarks.brand import make_brand

    from accounts.api_tokens import make_api_token
    from tracking.conversions.new_conversions import store_conversions
    from tracking.intake import read_conversion
    from tracking.models.conversion import Source
    from tracking.pricing.batch import price_batch
    program=make_brand(); now=timezone.now()
    _, secret = make_api_token(account=program.account, name="b")
    basic=base64.b64encode(f"{program.account.sid}:{secret}".encode()).decode()
    c=Client(); url=f"/Advertisers/{program.account.sid}/Conversions"
    def post(r):
        for n in r:
            assert c.post(url,json.dumps(one_line_order(n,now.isoformat())),content_type="application/json",headers={"Authorization":f"Basic {basic}"}).status_code==200
    post(range(50))
    out={}
    out["post"]=[cpu(lambda: post(range(100+k*500,100+k*500+500)))/500*1e6 for k in range(6)]
    def alone():
        while price_batch(program_id=program.pk): pass
    alone()
    def store(r):
        store_conversions(program,[read_conversion(one_line_order(n,now.isoformat()),now=now) for n in r],source=Source.API)
    out["store"]=[cpu(lambda: store(range(10000+k*2000,12000+k*2000)))/2000*1e6 for k in range(4)]
    out["price"]=[cpu(alone)/8000*1e6]
    for k in range(3):
        store(range(30000+k*3000,33000+k*3000)); out["price"].append(cpu(alone)/3000*1e6)
    print({k:[round(x) for x in v] for k,v in out.items()})
