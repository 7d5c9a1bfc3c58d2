// ruleid: html-made-by-a-script
note.innerHTML = typed;
// ruleid: html-made-by-a-script
localStorage.setItem("name", typed);
// ok: html-made-by-a-script
note.textContent = typed;
