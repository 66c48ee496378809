/* Handovers: the address by which another system sends a buyer's browser here, signed in, and what
 * the page behind it asks for. */
#include "api/ask.h"
#include "api/bodies.h"
#include "api/handlers.h"
#include "api/problem.h"
#include "api/reply.h"
#include "api/service.h"
#include "api/session_cookie.h"
#include "api/web_answer.h"
#include "base/check.h"
#include "http/site.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define HANDOVER_PAGE "/handover"

/* ---- Where a browser may be sent ---- */

/* The characters of RFC 3986, which stay as they are in a fragment and in a script's hands. */
static bool is_address_text(const char *text)
{
    return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                             "-._~:/?#[]@!$&'()*+,;=%")] == '\0';
}

/* A path of ours; one that begins with two slashes would name another host. */
static bool may_return_to(const struct api *api, const char *to)
{
    struct origin origin;
    char text[ORIGIN_TEXT_BYTES];
    const char *rest;
    if (!is_address_text(to))
        return false;
    if (to[0] == '/')
        return to[1] != '/';
    if (!origin_of_address(to, &origin, &rest))
        return false;
    origin_format(&origin, text);
    return origin_list_has(&api->return_origins, text);
}

/* ---- Making one ---- */

/* The origin that browsers know us by; "" where nobody says it, which leaves a path. */
static void own_origin(const struct enquiry *enquiry, char text[static ORIGIN_TEXT_BYTES])
{
    const struct site *site = http_site(enquiry->exchange.server);
    const char *host = enquiry->exchange.head->headers.host;
    struct origin origin = site->public_origin;
    text[0] = '\0';
    if (site->has_public_origin || (host != NULL && origin_of_host(site->tls, host, &origin)))
        origin_format(&origin, text);
}

static void answer_handover(struct enquiry *enquiry)
{
    struct handing_over *handing = enquiry->work;
    char url[ORIGIN_TEXT_BYTES + sizeof HANDOVER_PAGE + 1 + HANDOVER_CODE_CHARACTERS + 1 +
             RETURN_ADDRESS_BYTES_MAX];
    char origin[ORIGIN_TEXT_BYTES], code[HANDOVER_CODE_CHARACTERS + 1];
    if (problem_of_call(enquiry))
        return;
    const struct session *session = &enquiry->request.call.out.session;
    handing->code.session_id = session->id;
    handover_code_format(&handing->code, &enquiry->api->token_key, code);
    own_origin(enquiry, origin);
    const int length =
        snprintf(url, sizeof url, "%s" HANDOVER_PAGE "#%s.%s", origin, code, handing->to);
    CHECK(length > 0 && (size_t)length < sizeof url);
    const struct shown_handover shown = {.url = url, .expires_at = session->expires_at};
    object_write(reply_begin(enquiry), OBJECT_handover, &shown, &enquiry->request.shown_clock);
    reply_private(enquiry, STATUS_CREATED);
}

/* False: the enquiry was answered. */
static bool read_handover(struct enquiry *enquiry, struct handing_over *handing)
{
    struct body_object root;
    ask_read(enquiry, handing, &root);
    if (handing->to != NULL && !may_return_to(enquiry->api, handing->to))
        body_error(&root, "to", RULE_ADDRESS);
    return ask_read_end(enquiry, &root);
}

void post_handovers(struct enquiry *enquiry)
{
    struct handing_over *handing = ask_work(enquiry, sizeof *handing);
    if (handing == NULL || !read_handover(enquiry, handing))
        return;
    randombytes_buf(handing->code.secret, sizeof handing->code.secret);
    struct call *call = enquiry_call(enquiry, VERB_HANDOVER_MAKE);
    call->in.session_open.user_id = handing->user_id;
    call->in.session_open.secret_hash = handover_hash(handing->code.secret, handing->to);
    enquiry_submit(enquiry, answer_handover);
}

/* ---- Redeeming one ---- */

static void answer_redeemed(struct enquiry *enquiry)
{
    struct redeeming *redeeming = enquiry->work;
    char token[SESSION_TOKEN_CHARACTERS + 1];
    if (problem_of_call(enquiry))
        return;
    const struct session *session = &enquiry->request.call.out.session;
    redeeming->token.session_id = session->id;
    redeeming->token.user_id = session->user_id;
    session_token_format(&redeeming->token, &enquiry->api->token_key, token);
    const struct shown_redeemed shown = {.to = redeeming->to};
    object_write(reply_begin(enquiry), OBJECT_redeemed, &shown, NULL);
    reply_private(enquiry, STATUS_OK);
    session_cookie_set(enquiry, token, SESSION_LIFE_MS / SECOND_MS);
}

/* False: a page of another origin asks, and the enquiry was answered. Nobody else may sign a
 * browser in to an account of their own choosing. */
static bool is_own_page(struct enquiry *enquiry)
{
    const struct request_headers *headers = &enquiry->exchange.head->headers;
    if (!site_is_foreign(http_site(enquiry->exchange.server), headers->sec_fetch_site,
                         headers->origin, headers->host))
        return true;
    problem_answer(enquiry, REFUSAL_CROSS_SITE);
    return false;
}

void post_handover_redeem(struct enquiry *enquiry)
{
    struct redeeming *redeeming = ask_work(enquiry, sizeof *redeeming);
    struct handover_code code;
    struct body_object root;
    if (redeeming == NULL || !is_own_page(enquiry))
        return;
    ask_read(enquiry, redeeming, &root);
    if (!ask_read_end(enquiry, &root))
        return;
    if (!handover_code_parse(redeeming->code, &enquiry->api->token_key, &code, &redeeming->to)) {
        problem_answer(enquiry, REFUSAL_HANDOVER_USED);
        return;
    }
    randombytes_buf(redeeming->token.secret, sizeof redeeming->token.secret);
    struct call *call = enquiry_call(enquiry, VERB_HANDOVER_REDEEM);
    call->in.handover_redeem.session_id = code.session_id;
    call->in.handover_redeem.handover_hash = handover_hash(code.secret, redeeming->to);
    call->in.handover_redeem.secret_hash = token_secret_hash(redeeming->token.secret);
    call->in.handover_redeem.replace = redeeming->replace;
    enquiry_submit(enquiry, answer_redeemed);
}

/* ---- The page ---- */

static const char page[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<title>Signing in</title>\n"
    "<p id=\"state\" role=\"status\">Signing you in.</p>\n"
    "<p id=\"choice\" hidden>\n"
    "  <button id=\"replace\" type=\"button\">Go on with the new account</button>\n"
    "  <button id=\"stay\" type=\"button\">Stay signed in as before</button>\n"
    "</p>\n"
    "<noscript><p>This page needs JavaScript.</p></noscript>\n"
    "<script src=\"/handover.js\" defer></script>\n";

/* The code stands behind the #, so that it reaches the server by this script alone; it is taken out
 * of the browser's history. */
static const char script[] =
    "'use strict'\n"
    "const part = name => document.getElementById(name)\n"
    "const code = location.hash.slice(1)\n"
    "history.replaceState(null, '', location.pathname)\n"
    "\n"
    "function tell(text) {\n"
    "    part('state').textContent = text\n"
    "}\n"
    "\n"
    "function ask() {\n"
    "    tell('Somebody else is signed in here.')\n"
    "    part('choice').hidden = false\n"
    "    part('replace').onclick = () => redeem(true)\n"
    "    part('stay').onclick = () => location.replace('/')\n"
    "}\n"
    "\n"
    "async function redeem(replace) {\n"
    "    part('choice').hidden = true\n"
    "    tell('Signing you in.')\n"
    "    try {\n"
    "        const answer = await fetch('/v1/handovers/redeem', {\n"
    "            method: 'POST',\n"
    "            headers: { 'Content-Type': 'application/json' },\n"
    "            body: JSON.stringify({ code, replace }),\n"
    "        })\n"
    "        const body = await answer.json()\n"
    "        if (answer.ok) location.replace(body.to)\n"
    "        else if (body.code === 'other_signed_in') ask()\n"
    "        else tell(body.detail)\n"
    "    } catch {\n"
    "        tell('The server cannot be reached. Go back and try again.')\n"
    "    }\n"
    "}\n"
    "\n"
    "if (code) redeem(false)\n"
    "else tell('This address signs nobody in.')\n";

static void answer_asset(struct enquiry *enquiry, const char *text, size_t length,
                         const char *content_type)
{
    struct cached_answer *body = cached_answer_copy(text, length, content_type);
    if (body != NULL)
        body->policy = web_page_policy;
    answer_shared(&enquiry->exchange, body, CACHE_MAP);
}

void get_handover_page(struct enquiry *enquiry)
{
    answer_asset(enquiry, page, sizeof page - 1, "text/html; charset=utf-8");
}

void get_handover_script(struct enquiry *enquiry)
{
    answer_asset(enquiry, script, sizeof script - 1, "text/javascript; charset=utf-8");
}
