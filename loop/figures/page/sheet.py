"""How the report looks, on a screen and on paper."""

SHEET = """\
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #bbb; padding-bottom: .2rem; }
p { margin: .5rem 0; max-width: 46rem; }
.of { color: #595959; margin-top: 0; }
.quote { border-left: 4px solid #0072B2; padding: .4rem 0 .4rem 1rem; }
.warn { border-left: 4px solid #D55E00; padding: .2rem 0 .2rem 1rem; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .875rem; width: 100%; }
caption { text-align: left; font-weight: 600; padding-bottom: .2rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #e2e2e2;
         overflow-wrap: break-word; font-variant-numeric: tabular-nums; }
thead th { border-bottom: 1px solid #777; }
.pairs th { width: 13rem; font-weight: 400; color: #595959; }
figure { margin: 1rem 0; }
figure img { width: 100%; height: auto; }
figure.narrow { max-width: 30rem; }
figcaption { font-size: .875rem; color: #333; }
pre { background: #f4f4f4; padding: .6rem .8rem; overflow-x: auto; font-size: .875rem; white-space: pre-wrap;
      overflow-wrap: anywhere; }
sub { line-height: 0; font-size: .75em; }
@media (max-width: 40rem) { .pairs th { width: 40%; } }
@media print {
  @page { size: A4; margin: 18mm 16mm; }
  body { font-size: 10pt; max-width: none; margin: 0; padding: 0; }
  p { max-width: none; }
  table, pre, figcaption { font-size: 8.5pt; }
  h2, caption, thead, thead tr { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  figure.narrow { max-width: 86mm; }
  figure, tr, pre, .quote { break-inside: avoid; }
  thead { display: table-header-group; }
  pre { background: none; border: 1px solid #bbb; }
}
"""
