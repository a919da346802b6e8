// The tag on a shop's pages: ire('identify', …), ire('trackConversion', …), ire('consent', …). It needs nothing else,
// and is sent without these lines. What was asked for before it was loaded waits in ire.q.
(function (w, d, program) {
  "use strict";
  var own = d.currentScript;
  var base = new URL(own.src).origin + "/t/" + program.id + "/";
  var cookie = "_bb_" + program.id;
  var needsYes = own.getAttribute("data-consent") === "required";
  var domain = own.getAttribute("data-domain");
  var said = null;
  var clicks = [];
  var profile = "";
  var told = "";
  var unsaid = null;
  var LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  function agrees() {
    if (navigator.globalPrivacyControl) return false;
    return said === null ? !needsYes : said;
  }

  function written(value, seconds) {
    d.cookie =
      cookie + "=" + value + ";path=/;max-age=" + seconds + ";samesite=lax" +
      (domain ? ";domain=" + domain : "") + (location.protocol === "https:" ? ";secure" : "");
  }

  // The cookie holds the profile and the last click ids, with points between.
  function kept() {
    var found = d.cookie.match(new RegExp("(?:^|; )" + cookie + "=([A-Z2-7.]+)"));
    return found ? found[1].split(".") : [];
  }

  function random() {
    var bytes = crypto.getRandomValues(new Uint8Array(26));
    return Array.prototype.map.call(bytes, function (byte) { return LETTERS[byte & 31]; }).join("");
  }

  function send(path, body) {
    body.consent = agrees();
    if (body.consent) {
      body.profile = profile;
      body.clickIds = clicks;
    }
    var text = JSON.stringify(body);
    // As plain text, so that the browser need not ask first; it goes on when the page is left.
    fetch(base + path, {
      method: "POST", body: text, keepalive: text.length < 60000, credentials: "omit", mode: "cors",
    }).then(function (answer) {
      return answer.json();
    }).then(function (answer) {
      if (body.test) console.info("ire", path, answer);
    }, function () {});
  }

  // Only the hash of an address leaves the browser; without https there is none, and so nothing is sent.
  function hashed(email) {
    var text = String(email || "").trim().toLowerCase();
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return Promise.resolve(text);
    if (!text || !agrees() || !w.crypto || !crypto.subtle) return Promise.resolve("");
    return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then(function (digest) {
      return Array.prototype.map.call(new Uint8Array(digest), function (byte) {
        return ("0" + byte.toString(16)).slice(-2);
      }).join("");
    });
  }

  // Reads the landing address and the cookie, if the visitor agrees; tells of a landing once.
  function land() {
    if (!agrees()) return;
    var query = new URLSearchParams(location.search);
    var click = "";
    query.forEach(function (value, name) {
      if (name.toLowerCase() === "irclickid" && /^[A-Za-z2-7]{26}$/.test(value)) click = value.toUpperCase();
    });
    var before = kept();
    profile = before[0] || profile || random();
    clicks = before.slice(1);
    var isNew = click && clicks.indexOf(click) < 0;
    if (click) {
      clicks = clicks.filter(function (each) { return each !== click; }).concat(click).slice(-5);
    }
    var isUnpaid = !click && (query.get("utm_source") || query.get("gclid"));
    // A click starts the cookie's days again; another page does not.
    if (!before.length || click || isUnpaid) written([profile].concat(clicks).join("."), program.days * 86400);
    var first = performance.getEntriesByType("navigation")[0];
    var again = first && (first.type === "reload" || first.type === "back_forward");
    if (told !== location.href && (isNew || (isUnpaid && !again))) {
      told = location.href;
      send("visit", { page: location.href, referrer: d.referrer, isUnpaid: !click });
    }
  }

  var acts = {
    consent: function (yes) {
      said = yes === true;
      if (agrees()) {
        land();
        if (unsaid) acts.identify(unsaid);
      } else {
        written("", 0);
        profile = "";
        clicks = [];
      }
    },
    identify: function (who) {
      who = who || {};
      unsaid = agrees() ? null : who;
      if (unsaid) return;
      hashed(who.customerEmail).then(function (email) {
        send("identify", {
          customerId: who.customerId && String(who.customerId), customerEmail: email,
          customProfileId: who.customProfileId && String(who.customProfileId),
        });
      });
    },
    trackConversion: function (eventType, order, options) {
      var copy = Object.assign({}, order);
      var isTest = copy.test === true || (options || {}).test === true;
      delete copy.test;
      hashed(copy.customerEmail).then(function (email) {
        delete copy.customerEmail;
        if (email && agrees()) copy.customerEmail = email;
        send("conversion", { eventTypeId: eventType, order: copy, test: isTest });
      });
    },
  };

  function ire(act) {
    if (Object.prototype.hasOwnProperty.call(acts, act)) acts[act].apply(null, [].slice.call(arguments, 1));
  }
  var waiting = (w.ire && w.ire.q) || [];
  w.ire = ire;
  // What the page said of consent counts for what it asked before.
  [].forEach.call(waiting, function (each) { if (each[0] === "consent") said = each[1] === true; });
  if (agrees()) land();
  else if (said === false || navigator.globalPrivacyControl) written("", 0);
  [].forEach.call(waiting, function (each) { if (each[0] !== "consent") ire.apply(null, each); });
})(window, document, ireProgram);
