"""Planted mistakes and their sound twins: what the rules beside it must and must not find.

Never run, never imported.
"""

# ruleid: sql-made-of-text
db.session.execute(text(f"SELECT * FROM person WHERE name = '{name}'"))
# ruleid: sql-made-of-text
db.session.execute(text("SELECT * FROM person WHERE name = '%s'" % name))
# ruleid: sql-made-of-text
db.session.execute(text("SELECT * FROM person WHERE name = '" + name + "'"))
# ruleid: sql-made-of-text
cursor.execute("SELECT * FROM person WHERE name = '{}'".format(name))
# ok: sql-made-of-text
db.session.execute(text("SELECT * FROM person WHERE name = :name"), {"name": name})
# ok: sql-made-of-text
cursor.execute("SELECT * FROM person WHERE name = %s", (name,))

# ruleid: cell-written-by-guessing
sheet.write(0, 0, name)
# ruleid: cell-written-by-guessing
sheet.write_row(0, 0, names)
# ok: cell-written-by-guessing
sheet.write_string(0, 0, name)
# ok: cell-written-by-guessing
file.write(content)

# ruleid: markup-of-values
Markup(f"<b>{name}</b>")
# ruleid: markup-of-values
Markup(name)
# ok: markup-of-values
Markup("<b>{}</b>").format(name)

# ruleid: template-made-of-text
render_template_string(typed)
# ruleid: template-made-of-text
app.jinja_env.from_string(typed)
# ok: template-made-of-text
render_template("roster/index.html", name=typed)

# ruleid: code-out-of-data
eval(typed)
# ruleid: code-out-of-data
pickle.loads(kept)
# ruleid: code-out-of-data
subprocess.run(f"ls {typed}", shell=True)
# ok: code-out-of-data
json.loads(kept)
# ok: code-out-of-data
subprocess.run(["ls", typed])

# ruleid: chance-that-can-be-told
token = random.choice(letters)
# ruleid: chance-that-can-be-told
token = str(uuid4())
# ok: chance-that-can-be-told
token = secrets.token_urlsafe(32)

# ruleid: call-to-the-outside
requests.get(typed)
# ruleid: call-to-the-outside
urllib.request.urlopen(typed)
# ok: call-to-the-outside
request.args.get("name")
# ok: call-to-the-outside
redis.from_url(url)

# ruleid: session-in-a-page
db.session.get(Person, person_id)
# ok: session-in-a-page
find_person(person_id)

# ruleid: field-of-either
request.values.get("to")
# ruleid: field-of-either
request.values["to"]
# ok: field-of-either
request.form.get("to")
# ok: field-of-either
facts.values()

# ruleid: weak-hash
hashlib.md5(content)
# ok: weak-hash
hashlib.sha256(content)
