<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About tagger</source>
   <translation>Über tagger</translation>
  </message>
  <message>
   <source>Captions and tags for photos, made on this computer. Nothing is sent anywhere.
Apache License 2.0</source>
   <translation>Beschreibungen und Stichwörter für Fotos, erzeugt auf diesem Computer. Nichts wird irgendwohin gesendet.
Apache-Lizenz 2.0</translation>
  </message>
  <message>
   <source>Licences</source>
   <translation>Lizenzen</translation>
  </message>
 </context>
 <context>
  <name>BatchBar</name>
  <message>
   <source>Add</source>
   <translation>Hinzufügen</translation>
  </message>
  <message>
   <source>Approve all</source>
   <translation>Alle bestätigen</translation>
  </message>
  <message>
   <source>Approve from {share}% on</source>
   <translation>Ab {share} % bestätigen</translation>
  </message>
  <message>
   <source>Caption again</source>
   <translation>Neu beschreiben</translation>
  </message>
  <message>
   <source>Everything that was ever written by this program; what you approved stays</source>
   <translation>Alles, was dieses Programm je geschrieben hat; was Sie bestätigt haben, bleibt</translation>
  </message>
  <message>
   <source>How sure a caption has to be, in percent a word</source>
   <translation>Wie sicher eine Beschreibung sein muss, in Prozent je Wort</translation>
  </message>
  <message>
   <source>One tag in all of them, which approves them</source>
   <translation>Ein Stichwort für alle; das bestätigt sie</translation>
  </message>
  <message>
   <source>Reject all</source>
   <translation>Alle ablehnen</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Tag to add</source>
   <translation>Stichwort zum Hinzufügen</translation>
  </message>
  <message>
   <source>Tag to remove</source>
   <translation>Stichwort zum Entfernen</translation>
  </message>
  <message>
   <source>Take our words out</source>
   <translation>Unsere Wörter entfernen</translation>
  </message>
  <message>
   <source>Undo last change</source>
   <translation>Letzte Änderung zurücknehmen</translation>
  </message>
  <message>
   <source>With the model and the settings of now; what is up to date, or decided by you, stays</source>
   <translation>Mit dem Modell und den Einstellungen von jetzt; was aktuell oder von Ihnen entschieden ist, bleibt</translation>
  </message>
 </context>
 <context>
  <name>CaptionEdit</name>
  <message>
   <source>Caption</source>
   <translation>Beschreibung</translation>
  </message>
  <message>
   <source>Enter approves, Escape takes back what was typed</source>
   <translation>Eingabe bestätigt, Escape nimmt Getipptes zurück</translation>
  </message>
  <message>
   <source>No caption</source>
   <translation>Keine Beschreibung</translation>
  </message>
 </context>
 <context>
  <name>CaptionEditor</name>
  <message>
   <source>Other captions</source>
   <translation>Andere Beschreibungen</translation>
  </message>
 </context>
 <context>
  <name>Chip</name>
  <message>
   <source>of unknown probability</source>
   <translation>von unbekannter Wahrscheinlichkeit</translation>
  </message>
  <message>
   <source>{path}: added by you. Delete removes it.</source>
   <translation>{path}: von Ihnen hinzugefügt. Entf entfernt es.</translation>
  </message>
  <message>
   <source>{path}: left out. Space takes it back in.</source>
   <translation>{path}: weggelassen. Die Leertaste nimmt es wieder auf.</translation>
  </message>
  <message>
   <source>{path}: {score}, not sure enough. Space adds it.</source>
   <translation>{path}: {score}, nicht sicher genug. Die Leertaste fügt es hinzu.</translation>
  </message>
  <message>
   <source>{path}: {score}. Delete leaves it out.</source>
   <translation>{path}: {score}. Entf lässt es weg.</translation>
  </message>
 </context>
 <context>
  <name>ChoiceButton</name>
  <message>
   <source>probability {share}</source>
   <translation>Wahrscheinlichkeit {share}</translation>
  </message>
 </context>
 <context>
  <name>CompareDialog</name>
  <message>
   <source>Nothing was written.</source>
   <translation>Nichts wurde geschrieben.</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Foto</translation>
  </message>
  <message>
   <source>Two models on the same photos</source>
   <translation>Zwei Modelle an denselben Fotos</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} von {total}</translation>
  </message>
 </context>
 <context>
  <name>DecisionBar</name>
  <message>
   <source>Approve</source>
   <translation>Bestätigen</translation>
  </message>
  <message>
   <source>Approved</source>
   <translation>Bestätigt</translation>
  </message>
  <message>
   <source>Forget what you changed here</source>
   <translation>Vergessen, was Sie hier geändert haben</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Ablehnen</translation>
  </message>
  <message>
   <source>Revert</source>
   <translation>Verwerfen</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Speichern</translation>
  </message>
  <message>
   <source>This is wrong: take it out, and do not caption this photo again</source>
   <translation>Das ist falsch: entfernen und dieses Foto nicht mehr beschreiben</translation>
  </message>
  <message>
   <source>Write it into the photo, approved: no model changes it any more</source>
   <translation>Ins Foto schreiben, bestätigt: kein Modell ändert es mehr</translation>
  </message>
 </context>
 <context>
  <name>FailuresDialog</name>
  <message>
   <source>Copy the list</source>
   <translation>Liste kopieren</translation>
  </message>
  <message>
   <source>Nothing was changed in these photos. The others are done.</source>
   <translation>An diesen Fotos wurde nichts geändert. Die anderen sind fertig.</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Foto</translation>
  </message>
  <message>
   <source>What failed</source>
   <translation>Was nicht gelang</translation>
  </message>
  <message>
   <source>Why, and what to do</source>
   <translation>Warum, und was zu tun ist</translation>
  </message>
 </context>
 <context>
  <name>FieldChanges</name>
  <message>
   <source>Approving writes this; nothing else in the file changes.</source>
   <translation>Das Bestätigen schreibt dies; sonst ändert sich nichts in der Datei.</translation>
  </message>
  <message>
   <source>The file holds all of it already: nothing would be written.</source>
   <translation>Die Datei enthält schon alles: Nichts würde geschrieben.</translation>
  </message>
  <message>
   <source>This photo has no caption yet: nothing would be written.</source>
   <translation>Dieses Foto hat noch keine Beschreibung: Nichts würde geschrieben.</translation>
  </message>
  <message>
   <source>What would be written</source>
   <translation>Was geschrieben würde</translation>
  </message>
  <message>
   <source>and our own record of it</source>
   <translation>und unser eigener Vermerk darüber</translation>
  </message>
  <message>
   <source>then: {text}</source>
   <translation>dann: {text}</translation>
  </message>
  <message>
   <source>today: {text}</source>
   <translation>heute: {text}</translation>
  </message>
 </context>
 <context>
  <name>Filters</name>
  <message>
   <source>&lt;b&gt;dog beach&lt;/b&gt; both words, as beginnings&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; these words in this order&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; either&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; without it&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; with the tag, or one below it&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; in the path&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; when it was taken&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; captions that the model was unsure of</source>
   <translation>&lt;b&gt;dog beach&lt;/b&gt; beide Wörter, als Wortanfänge&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; diese Wörter in dieser Folge&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; eines von beiden&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; ohne dieses Wort&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; mit dem Stichwort oder einem darunter&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; im Pfad&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; wann es aufgenommen wurde&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; Beschreibungen, bei denen das Modell unsicher war</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Leeren</translation>
  </message>
  <message>
   <source>Find a tag</source>
   <translation>Stichwort finden</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Suchen</translation>
  </message>
  <message>
   <source>Search captions and tags</source>
   <translation>Text und Stichwörter</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Zeigen</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>Alle Fotos zeigen</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Stand</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Stichwörter</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Aufgenommen</translation>
  </message>
  <message>
   <source>Taken since, as 2024, 2024-05 or 2024-05-31</source>
   <translation>Aufgenommen seit, etwa 2024, 2024-05 oder 2024-05-31</translation>
  </message>
  <message>
   <source>Taken until, as 2024, 2024-05 or 2024-05-31</source>
   <translation>Aufgenommen bis, etwa 2024, 2024-05 oder 2024-05-31</translation>
  </message>
  <message>
   <source>from 2023</source>
   <translation>von 2023</translation>
  </message>
  <message>
   <source>to 2024-05</source>
   <translation>bis 2024-05</translation>
  </message>
  <message>
   <source>write 2024, 2024-05 or 2024-05-31</source>
   <translation>schreiben Sie 2024, 2024-05 oder 2024-05-31</translation>
  </message>
  <message>
   <source>{date} is no date</source>
   <translation>{date} ist kein Datum</translation>
  </message>
 </context>
 <context>
  <name>FinishingDialog</name>
  <message numerus="yes">
   <source>%n still to be written</source>
   <translation>
    <numerusform>%n ist noch zu schreiben</numerusform>
    <numerusform>%n sind noch zu schreiben</numerusform>
   </translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>Nicht beenden</translation>
  </message>
  <message>
   <source>Finishing</source>
   <translation>Wird abgeschlossen</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>Fertige Fotos</translation>
  </message>
  <message>
   <source>Quit now, leave the rest undecided</source>
   <translation>Jetzt beenden, den Rest offen lassen</translation>
  </message>
  <message>
   <source>What you decided is being written.</source>
   <translation>Was Sie entschieden haben, wird noch geschrieben.</translation>
  </message>
  <message>
   <source>tagger closes by itself when it is done.</source>
   <translation>tagger schließt sich von selbst, wenn das getan ist.</translation>
  </message>
 </context>
 <context>
  <name>FolderTree</name>
  <message>
   <source>All folders</source>
   <translation>Alle Ordner</translation>
  </message>
 </context>
 <context>
  <name>Inspector</name>
  <message>
   <source>Changes</source>
   <translation>Änderungen</translation>
  </message>
  <message>
   <source>Choose a photo to see what is said of it.</source>
   <translation>Wählen Sie ein Foto, um zu sehen, was darüber gesagt wird.</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Einzelheiten</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Verlauf</translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>Dieses Foto hat noch keine Beschreibung.</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>Wörter</translation>
  </message>
 </context>
 <context>
  <name>JobStrip</name>
  <message numerus="yes">
   <source> (%n more waiting)</source>
   <translation>
    <numerusform> (%n weitere Aufgabe wartet)</numerusform>
    <numerusform> (%n weitere Aufgaben warten)</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n failed</source>
   <translation>
    <numerusform>%n nicht gelungen</numerusform>
    <numerusform>%n nicht gelungen</numerusform>
   </translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>Fertige Fotos</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>Fortschritt</translation>
  </message>
  <message>
   <source>Show what failed</source>
   <translation>Zeigen, was nicht gelang</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Stopp</translation>
  </message>
  <message>
   <source>nothing to do</source>
   <translation>nichts zu tun</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} von {total}</translation>
  </message>
  <message>
   <source>{job}: could not go on</source>
   <translation>{job}: ging nicht weiter</translation>
  </message>
  <message>
   <source>{job}: done</source>
   <translation>{job}: fertig</translation>
  </message>
  <message>
   <source>{job}: paused</source>
   <translation>{job}: angehalten</translation>
  </message>
  <message>
   <source>{job}: stopped; start again to do what is left</source>
   <translation>{job}: gestoppt; ein neuer Start erledigt den Rest</translation>
  </message>
  <message>
   <source>{job}: stopping, the photos in hand are finished</source>
   <translation>{job}: wird gestoppt, die begonnenen Fotos werden fertig</translation>
  </message>
 </context>
 <context>
  <name>LibraryBar</name>
  <message numerus="yes">
   <source>%n not saved</source>
   <translation>
    <numerusform>%n nicht gespeichert</numerusform>
    <numerusform>%n nicht gespeichert</numerusform>
   </translation>
  </message>
  <message>
   <source>1 photo</source>
   <translation>1 Foto</translation>
  </message>
  <message>
   <source>Back to all</source>
   <translation>Zurück zu allen</translation>
  </message>
  <message>
   <source>Compare {count} more</source>
   <translation>{count} weitere vergleichen</translation>
  </message>
  <message>
   <source>Confidence</source>
   <translation>Sicherheit</translation>
  </message>
  <message>
   <source>Date captioned</source>
   <translation>Datum der Beschreibung</translation>
  </message>
  <message>
   <source>Date taken</source>
   <translation>Aufnahmedatum</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>Photos with changes that you typed and did not save; they are kept</source>
   <translation>Fotos mit Änderungen, die Sie eingegeben und nicht gespeichert haben; sie bleiben erhalten</translation>
  </message>
  <message>
   <source>Reverse order</source>
   <translation>Umgekehrte Reihenfolge</translation>
  </message>
  <message>
   <source>Size of the pictures</source>
   <translation>Größe der Bilder</translation>
  </message>
  <message>
   <source>Size of the pictures (Ctrl and the mouse wheel)</source>
   <translation>Größe der Bilder (Strg und Mausrad)</translation>
  </message>
  <message>
   <source>Sort by</source>
   <translation>Sortieren nach</translation>
  </message>
  <message>
   <source>The model has to look at each of them once</source>
   <translation>Das Modell muss jedes davon einmal ansehen</translation>
  </message>
  <message>
   <source>changed and not saved</source>
   <translation>geändert und nicht gespeichert</translation>
  </message>
  <message>
   <source>similar to {name}</source>
   <translation>ähnlich wie {name}</translation>
  </message>
  <message>
   <source>{count} photos</source>
   <translation>{count} Fotos</translation>
  </message>
  <message>
   <source>{photos}, {count} selected</source>
   <translation>{photos}, {count} ausgewählt</translation>
  </message>
 </context>
 <context>
  <name>LibrarySession</name>
  <message>
   <source>Captioning</source>
   <translation>Beschreiben</translation>
  </message>
  <message>
   <source>Doing again</source>
   <translation>Wiederherstellen</translation>
  </message>
  <message>
   <source>Taking off the list</source>
   <translation>Aus der Liste nehmen</translation>
  </message>
  <message>
   <source>Taking our words out</source>
   <translation>Unsere Wörter entfernen</translation>
  </message>
  <message>
   <source>Undoing</source>
   <translation>Zurücknehmen</translation>
  </message>
 </context>
 <context>
  <name>LibraryView</name>
  <message>
   <source>No photo matches what you are looking for.</source>
   <translation>Kein Foto passt zu dem, was Sie suchen.</translation>
  </message>
  <message>
   <source>No photos here yet. Drop photos or a folder onto this window.</source>
   <translation>Noch keine Fotos. Ziehen Sie Fotos oder einen Ordner auf dieses Fenster.</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Fotos</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Suchen</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>Alle Fotos zeigen</translation>
  </message>
 </context>
 <context>
  <name>Likening</name>
  <message>
   <source>Looking at photos</source>
   <translation>Fotos werden angesehen</translation>
  </message>
 </context>
 <context>
  <name>Looking</name>
  <message>
   <source>Loading …</source>
   <translation>Wird geladen …</translation>
  </message>
  <message>
   <source>Looking where the model looked …</source>
   <translation>Es wird geprüft, wohin das Modell geschaut hat …</translation>
  </message>
  <message>
   <source>No part of the photo matters for “{word}”</source>
   <translation>Kein Teil des Fotos ist für „{word}“ wichtig</translation>
  </message>
  <message>
   <source>Photo {name}</source>
   <translation>Foto {name}</translation>
  </message>
  <message>
   <source>The model has no other tags for this photo</source>
   <translation>Das Modell hat keine weiteren Stichwörter für dieses Foto</translation>
  </message>
  <message>
   <source>Where “{word}” comes from</source>
   <translation>Woher „{word}“ kommt</translation>
  </message>
  <message>
   <source>“{word}” is not a word of the model's caption</source>
   <translation>„{word}“ ist kein Wort aus der Beschreibung des Modells</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>A report is in {file}; it stays on this computer.</source>
   <translation>Ein Bericht ist in {file}; er bleibt auf diesem Computer.</translation>
  </message>
  <message>
   <source>Caption photos</source>
   <translation>Fotos beschreiben</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Einzelheiten</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Verlauf</translation>
  </message>
  <message>
   <source>No photo is lost; you can go on working.</source>
   <translation>Kein Foto ist verloren; Sie können weiterarbeiten.</translation>
  </message>
  <message>
   <source>No report could be written.</source>
   <translation>Es konnte kein Bericht geschrieben werden.</translation>
  </message>
  <message>
   <source>Open a folder of photos</source>
   <translation>Einen Ordner mit Fotos öffnen</translation>
  </message>
  <message>
   <source>Photos ({suffixes})</source>
   <translation>Fotos ({suffixes})</translation>
  </message>
  <message>
   <source>Something went wrong that should not have. It is a mistake in tagger.</source>
   <translation>Etwas ging schief, was nicht geschehen sollte. Es ist ein Fehler in tagger.</translation>
  </message>
 </context>
 <context>
  <name>ModelsDialog</name>
  <message>
   <source>Add a model…</source>
   <translation>Modell hinzufügen …</translation>
  </message>
  <message>
   <source>Checking {name} …</source>
   <translation>{name} wird geprüft …</translation>
  </message>
  <message>
   <source>Compare…</source>
   <translation>Vergleichen …</translation>
  </message>
  <message>
   <source>Drop a model here to add it: a folder, or a file .taggerbundle.</source>
   <translation>Ziehen Sie ein Modell hierher, um es hinzuzufügen: einen Ordner oder eine Datei .taggerbundle.</translation>
  </message>
  <message>
   <source>How fast it is on this computer is not measured yet.</source>
   <translation>Wie schnell es auf diesem Computer ist, wurde noch nicht gemessen.</translation>
  </message>
  <message>
   <source>Measure its speed</source>
   <translation>Geschwindigkeit messen</translation>
  </message>
  <message>
   <source>Measuring for {seconds} seconds …</source>
   <translation>Es wird {seconds} Sekunden gemessen …</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modelle</translation>
  </message>
  <message>
   <source>Photos to compare on</source>
   <translation>Fotos für den Vergleich</translation>
  </message>
  <message>
   <source>Teach the model the words of your corrections</source>
   <translation>Dem Modell die Wörter Ihrer Korrekturen beibringen</translation>
  </message>
  <message>
   <source>Teach…</source>
   <translation>Lehren …</translation>
  </message>
  <message>
   <source>The folder of a model</source>
   <translation>Der Ordner eines Modells</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>Verwenden</translation>
  </message>
  <message>
   <source>What this model and the one in use say of the same photos</source>
   <translation>Was dieses Modell und das verwendete über dieselben Fotos sagen</translation>
  </message>
  <message>
   <source>came along</source>
   <translation>mitgeliefert</translation>
  </message>
  <message>
   <source>in use</source>
   <translation>in Gebrauch</translation>
  </message>
  <message>
   <source>tag precision</source>
   <translation>Genauigkeit der Stichwörter</translation>
  </message>
  <message>
   <source>{megabytes} MB</source>
   <translation>{megabytes} MB</translation>
  </message>
  <message>
   <source>{rate} captions/s on this computer, on {provider}.</source>
   <translation>{rate} Beschreibungen/s auf diesem Computer, mit {provider}.</translation>
  </message>
 </context>
 <context>
  <name>Notice</name>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Problem</source>
   <translation>Problem</translation>
  </message>
 </context>
 <context>
  <name>PhotoDetails</name>
  <message>
   <source>Caption in the file</source>
   <translation>Beschreibung in der Datei</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Beschrieben</translation>
  </message>
  <message>
   <source>Details of the photo</source>
   <translation>Einzelheiten des Fotos</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Datei</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Identity</source>
   <translation>Kennung</translation>
  </message>
  <message>
   <source>Keywords in the file</source>
   <translation>Stichwörter in der Datei</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Lauf</translation>
  </message>
  <message>
   <source>Sidecar</source>
   <translation>Begleitdatei</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>Sureness</source>
   <translation>Sicherheit</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Aufgenommen</translation>
  </message>
  <message>
   <source>Written by</source>
   <translation>Geschrieben von</translation>
  </message>
  <message>
   <source>{share} a word</source>
   <translation>{share} je Wort</translation>
  </message>
 </context>
 <context>
  <name>PhotoHistory</name>
  <message>
   <source>History of this photo</source>
   <translation>Verlauf dieses Fotos</translation>
  </message>
  <message>
   <source>Nothing was written into this photo yet.</source>
   <translation>In dieses Foto wurde noch nichts geschrieben.</translation>
  </message>
  <message>
   <source>Put back what was there before</source>
   <translation>Wiederherstellen, was vorher da war</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>Undo: {what}, {when}</source>
   <translation>Rückgängig: {what}, {when}</translation>
  </message>
 </context>
 <context>
  <name>PictureView</name>
  <message>
   <source>Every pixel</source>
   <translation>Jeder Bildpunkt</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Foto</translation>
  </message>
  <message>
   <source>Plus and minus zoom, 0 fits the window, 1 shows every pixel</source>
   <translation>Plus und Minus zoomen, 0 passt ein, 1 zeigt jeden Bildpunkt</translation>
  </message>
  <message>
   <source>Whole photo</source>
   <translation>Ganzes Foto</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>Vergrößern</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>Verkleinern</translation>
  </message>
 </context>
 <context>
  <name>Review</name>
  <message>
   <source>Looking for photos that wait for you …</source>
   <translation>Fotos, die auf Sie warten, werden gesucht …</translation>
  </message>
  <message>
   <source>No photo waits for you. Captions that are not written yet appear here.</source>
   <translation>Kein Foto wartet auf Sie. Beschreibungen, die noch nicht geschrieben sind, erscheinen hier.</translation>
  </message>
  <message numerus="yes">
   <source>That was all: %n decided, {left} left undecided.</source>
   <translation>
    <numerusform>Das waren alle: %n entschieden, {left} offen gelassen.</numerusform>
    <numerusform>Das waren alle: %n entschieden, {left} offen gelassen.</numerusform>
   </translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>Dieses Foto hat noch keine Beschreibung.</translation>
  </message>
  <message>
   <source>approved</source>
   <translation>bestätigt</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>abgelehnt</translation>
  </message>
  <message>
   <source>the decision was stopped before it was written</source>
   <translation>die Entscheidung wurde angehalten, bevor sie geschrieben war</translation>
  </message>
  <message>
   <source>{at} of {all}</source>
   <translation>{at} von {all}</translation>
  </message>
  <message>
   <source>{count} still to be written</source>
   <translation>{count} noch zu schreiben</translation>
  </message>
  <message>
   <source>{count} to decide</source>
   <translation>{count} zu entscheiden</translation>
  </message>
 </context>
 <context>
  <name>ReviewPage</name>
  <message>
   <source>Back to the library</source>
   <translation>Zurück zur Bibliothek</translation>
  </message>
  <message>
   <source>Close the review</source>
   <translation>Durchsicht schließen</translation>
  </message>
  <message>
   <source>Enter approves  ·  Backspace rejects  ·  Right and Left turn  ·  E edits  ·  U takes back</source>
   <translation>Eingabe bestätigt  ·  Rücktaste lehnt ab  ·  Rechts und Links blättern  ·  E bearbeitet  ·  U nimmt zurück</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>Noch einmal sehen</translation>
  </message>
 </context>
 <context>
  <name>SelectionPage</name>
  <message numerus="yes">
   <source>%n photos selected</source>
   <translation>
    <numerusform>%n Foto ausgewählt</numerusform>
    <numerusform>%n Fotos ausgewählt</numerusform>
   </translation>
  </message>
  <message>
   <source>Tags: {tags}</source>
   <translation>Stichwörter: {tags}</translation>
  </message>
  <message>
   <source>The first {count}: {text}</source>
   <translation>Die ersten {count}: {text}</translation>
  </message>
 </context>
 <context>
  <name>SettingsDialog</name>
  <message>
   <source>All libraries</source>
   <translation>Alle Bibliotheken</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>Wie der Desktop</translation>
  </message>
  <message>
   <source>It changes when the program is started again.</source>
   <translation>Das ändert sich beim nächsten Start des Programms.</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Sprache</translation>
  </message>
  <message>
   <source>Of this program; captions are in the language of the model.</source>
   <translation>Die dieses Programms; Beschreibungen sind in der Sprache des Modells.</translation>
  </message>
  <message>
   <source>Only “{library}”</source>
   <translation>Nur „{library}“</translation>
  </message>
  <message>
   <source>Photos, captions and tags never leave this computer: the model runs here, without a network.</source>
   <translation>Fotos, Beschreibungen und Stichwörter verlassen diesen Computer nie: Das Modell läuft hier, ohne Netz.</translation>
  </message>
  <message>
   <source>Privacy</source>
   <translation>Privatsphäre</translation>
  </message>
  <message>
   <source>Reports of crashes are files on this computer. You decide whether anybody gets one.</source>
   <translation>Berichte über Abstürze sind Dateien auf diesem Computer. Sie entscheiden, ob jemand einen bekommt.</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Einstellungen</translation>
  </message>
  <message>
   <source>Settings are in {file}.</source>
   <translation>Die Einstellungen sind in {file}.</translation>
  </message>
  <message>
   <source>The index and the undo history are in the folder .tagger of each library.</source>
   <translation>Der Index und der Verlauf zum Rückgängigmachen sind im Ordner .tagger jeder Bibliothek.</translation>
  </message>
  <message>
   <source>There is no account, no count of what you do, and no look for updates.</source>
   <translation>Es gibt kein Konto, keine Zählung dessen, was Sie tun, und keine Suche nach Aktualisierungen.</translation>
  </message>
  <message>
   <source>There is nothing to choose here, because nothing is sent.</source>
   <translation>Hier ist nichts zu wählen, weil nichts gesendet wird.</translation>
  </message>
  <message>
   <source>These settings hold for</source>
   <translation>Diese Einstellungen gelten für</translation>
  </message>
 </context>
 <context>
  <name>TagChips</name>
  <message>
   <source>Add a tag</source>
   <translation>Stichwort hinzufügen</translation>
  </message>
  <message>
   <source>Suggest more</source>
   <translation>Mehr vorschlagen</translation>
  </message>
  <message>
   <source>Tags of which the model is not sure enough to write them by itself</source>
   <translation>Stichwörter, bei denen das Modell nicht sicher genug ist, um sie selbst zu schreiben</translation>
  </message>
 </context>
 <context>
  <name>TeachDialog</name>
  <message>
   <source>Beginning …</source>
   <translation>Beginnt …</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Found again</source>
   <translation>Wiedergefunden</translation>
  </message>
  <message>
   <source>Learn my captions too (takes minutes)</source>
   <translation>Auch meine Beschreibungen lernen (dauert Minuten)</translation>
  </message>
  <message>
   <source>Looking at your corrections …</source>
   <translation>Ihre Korrekturen werden angesehen …</translation>
  </message>
  <message>
   <source>On others</source>
   <translation>Auf anderen</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Fotos</translation>
  </message>
  <message>
   <source>Stopped. Nothing was kept.</source>
   <translation>Angehalten. Nichts wurde behalten.</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>Wird angehalten …</translation>
  </message>
  <message>
   <source>Tag</source>
   <translation>Stichwort</translation>
  </message>
  <message>
   <source>Take it back</source>
   <translation>Zurücknehmen</translation>
  </message>
  <message>
   <source>Teach</source>
   <translation>Lehren</translation>
  </message>
  <message>
   <source>Teach the model your words</source>
   <translation>Dem Modell Ihre Wörter beibringen</translation>
  </message>
  <message>
   <source>What was learned</source>
   <translation>Was gelernt wurde</translation>
  </message>
  <message>
   <source>off</source>
   <translation>aus</translation>
  </message>
  <message>
   <source>{approved} photos approved, {edited} corrected, {rejected} rejected; {added} tags put in, {removed} taken out.</source>
   <translation>{approved} Fotos bestätigt, {edited} korrigiert, {rejected} abgelehnt; {added} Stichwörter hinzugefügt, {removed} entfernt.</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} von {total}</translation>
  </message>
  <message>
   <source>{model} is used again.</source>
   <translation>{model} wird wieder verwendet.</translation>
  </message>
  <message>
   <source>{model} is used from now on. Photos change when you have them captioned again.</source>
   <translation>{model} wird ab jetzt verwendet. Fotos ändern sich, wenn Sie sie neu beschreiben lassen.</translation>
  </message>
 </context>
 <context>
  <name>Tray</name>
  <message>
   <source>Go on</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Go on watching</source>
   <translation>Weiter überwachen</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Pause watching</source>
   <translation>Überwachung anhalten</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Beenden</translation>
  </message>
  <message>
   <source>Show the window</source>
   <translation>Fenster zeigen</translation>
  </message>
  <message>
   <source>Watched folders</source>
   <translation>Überwachte Ordner</translation>
  </message>
  <message>
   <source>Watching is paused; {count} wait.</source>
   <translation>Die Überwachung ist angehalten; {count} warten.</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>Wird überwacht; {count} warten.</translation>
  </message>
 </context>
 <context>
  <name>UndoPanel</name>
  <message>
   <source>Also what later runs did to these photos</source>
   <translation>Auch, was spätere Läufe an diesen Fotos getan haben</translation>
  </message>
  <message>
   <source>Do it again</source>
   <translation>Wiederherstellen</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Verlauf</translation>
  </message>
  <message>
   <source>Nothing was written in this library yet.</source>
   <translation>In dieser Bibliothek wurde noch nichts geschrieben.</translation>
  </message>
  <message>
   <source>Otherwise a photo that a later run changed too is left as it is, and listed as failed.</source>
   <translation>Sonst bleibt ein Foto, das ein späterer Lauf auch geändert hat, wie es ist, und gilt als nicht gelungen.</translation>
  </message>
  <message>
   <source>Run {run}</source>
   <translation>Lauf {run}</translation>
  </message>
  <message>
   <source>Undo this run</source>
   <translation>Diesen Lauf zurücknehmen</translation>
  </message>
  <message>
   <source>What it changed</source>
   <translation>Was er geändert hat</translation>
  </message>
  <message>
   <source>What the run changed</source>
   <translation>Was der Lauf geändert hat</translation>
  </message>
  <message>
   <source>… and more</source>
   <translation>… und mehr</translation>
  </message>
 </context>
 <context>
  <name>WatchingDialog</name>
  <message>
   <source>A folder to watch</source>
   <translation>Ein Ordner zum Überwachen</translation>
  </message>
  <message>
   <source>Add a folder…</source>
   <translation>Ordner hinzufügen …</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Nothing is watched now.</source>
   <translation>Zurzeit wird nichts überwacht.</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Paused by you: photos that arrive wait.</source>
   <translation>Von Ihnen angehalten: Was ankommt, wartet.</translation>
  </message>
  <message>
   <source>Paused: {reason}.</source>
   <translation>Ruht: {reason}.</translation>
  </message>
  <message>
   <source>Photos that arrive in these folders are captioned by themselves, from login on, also while this window is closed. On battery it pauses.</source>
   <translation>Fotos, die in diese Ordner kommen, werden von selbst beschrieben, ab der Anmeldung, auch wenn dieses Fenster geschlossen ist. Im Akkubetrieb ruht es.</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>So far: {counts}.</source>
   <translation>Bisher: {counts}.</translation>
  </message>
  <message>
   <source>Stop watching</source>
   <translation>Nicht mehr überwachen</translation>
  </message>
  <message>
   <source>Watch folders</source>
   <translation>Ordner überwachen</translation>
  </message>
  <message>
   <source>Watch from now on</source>
   <translation>Ab jetzt überwachen</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>Wird überwacht; {count} warten.</translation>
  </message>
  <message>
   <source>What arrives meanwhile waits; it holds after a restart too</source>
   <translation>Was inzwischen ankommt, wartet; das gilt auch nach einem Neustart</translation>
  </message>
  <message>
   <source>on battery</source>
   <translation>im Akkubetrieb</translation>
  </message>
  <message>
   <source>quiet hours {hours}</source>
   <translation>Ruhezeit {hours}</translation>
  </message>
 </context>
 <context>
  <name>Welcome</name>
  <message>
   <source>Captions and tags for your photos</source>
   <translation>Beschreibungen und Stichwörter für Ihre Fotos</translation>
  </message>
  <message>
   <source>Every photo gets a sentence and tags, written where other photo programs read them.
Nothing leaves this computer, and everything can be undone to the byte.</source>
   <translation>Jedes Foto bekommt einen Satz und Stichwörter, dort, wo andere Fotoprogramme sie lesen.
Nichts verlässt diesen Computer, und alles lässt sich aufs Byte genau rückgängig machen.</translation>
  </message>
  <message>
   <source>Opened before</source>
   <translation>Zuletzt geöffnet</translation>
  </message>
 </context>
 <context>
  <name>WordsPanel</name>
  <message>
   <source>Caption</source>
   <translation>Beschreibung</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Stichwörter</translation>
  </message>
 </context>
 <context>
  <name>_Card</name>
  <message>
   <source>What the model's maker says</source>
   <translation>Was der Hersteller des Modells sagt</translation>
  </message>
 </context>
 <context>
  <name>_DropArea</name>
  <message>
   <source>Choose photos…</source>
   <translation>Fotos wählen …</translation>
  </message>
  <message>
   <source>Drop photos or a folder here</source>
   <translation>Fotos oder einen Ordner hierher ziehen</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>Ordner öffnen …</translation>
  </message>
 </context>
 <context>
  <name>_Veil</name>
  <message>
   <source>Drop to caption</source>
   <translation>Loslassen zum Beschreiben</translation>
  </message>
 </context>
 <context>
  <name>about</name>
  <message>
   <source>The texts of these licences are installed with each of them.</source>
   <translation>Die Texte dieser Lizenzen sind mit jedem dieser Teile installiert.</translation>
  </message>
 </context>
 <context>
  <name>actions</name>
  <message>
   <source>&amp;About tagger</source>
   <translation>&amp;Über tagger</translation>
  </message>
  <message>
   <source>&amp;Approve first</source>
   <translation>Erst &amp;bestätigen</translation>
  </message>
  <message>
   <source>&amp;Close the library</source>
   <translation>Bibliothek &amp;schließen</translation>
  </message>
  <message>
   <source>&amp;Colours</source>
   <translation>&amp;Farben</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>&amp;Dunkel</translation>
  </message>
  <message>
   <source>&amp;Edit</source>
   <translation>&amp;Bearbeiten</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>&amp;Datei</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>&amp;Hilfe</translation>
  </message>
  <message>
   <source>&amp;Light</source>
   <translation>&amp;Hell</translation>
  </message>
  <message>
   <source>&amp;Models…</source>
   <translation>&amp;Modelle …</translation>
  </message>
  <message>
   <source>&amp;Photos</source>
   <translation>&amp;Fotos</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>&amp;Beenden</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>&amp;Wiederherstellen</translation>
  </message>
  <message>
   <source>&amp;Review</source>
   <translation>&amp;Durchsicht</translation>
  </message>
  <message>
   <source>&amp;Settings…</source>
   <translation>&amp;Einstellungen …</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>&amp;Rückgängig</translation>
  </message>
  <message>
   <source>&amp;Undo the selected photos' last change</source>
   <translation>Letzte Änderung der ausgewählten Fotos &amp;zurücknehmen</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>&amp;Ansicht</translation>
  </message>
  <message>
   <source>&amp;Watch folders…</source>
   <translation>&amp;Ordner überwachen …</translation>
  </message>
  <message>
   <source>Add a tag</source>
   <translation>Stichwort hinzufügen</translation>
  </message>
  <message>
   <source>Approve</source>
   <translation>Bestätigen</translation>
  </message>
  <message>
   <source>As the &amp;desktop</source>
   <translation>Wie der Des&amp;ktop</translation>
  </message>
  <message>
   <source>Caption &amp;photos…</source>
   <translation>&amp;Fotos beschreiben …</translation>
  </message>
  <message>
   <source>Caption the &amp;selected photos</source>
   <translation>&amp;Ausgewählte Fotos beschreiben</translation>
  </message>
  <message>
   <source>Caption what is &amp;new</source>
   <translation>&amp;Neues beschreiben</translation>
  </message>
  <message>
   <source>Caption what was c&amp;opied</source>
   <translation>Kopiertes besc&amp;hreiben</translation>
  </message>
  <message>
   <source>Captions stay in the index; nothing is written into a photo until you approve</source>
   <translation>Beschreibungen bleiben im Index; nichts wird in ein Foto geschrieben, bevor Sie bestätigen</translation>
  </message>
  <message>
   <source>Copy the caption</source>
   <translation>Beschreibung kopieren</translation>
  </message>
  <message>
   <source>Copy the path</source>
   <translation>Pfad kopieren</translation>
  </message>
  <message>
   <source>Do again what was undone last</source>
   <translation>Noch einmal tun, was zuletzt zurückgenommen wurde</translation>
  </message>
  <message>
   <source>Edit the caption</source>
   <translation>Beschreibung bearbeiten</translation>
  </message>
  <message>
   <source>Find similar photos</source>
   <translation>Ähnliche Fotos finden</translation>
  </message>
  <message>
   <source>Library</source>
   <translation>Bibliothek</translation>
  </message>
  <message>
   <source>Look for new photos</source>
   <translation>Nach neuen Fotos sehen</translation>
  </message>
  <message>
   <source>Look through the whole library and caption what is new (F5)</source>
   <translation>Die ganze Bibliothek durchsehen und Neues beschreiben (F5)</translation>
  </message>
  <message>
   <source>No library</source>
   <translation>Keine Bibliothek</translation>
  </message>
  <message>
   <source>Open a &amp;folder…</source>
   <translation>&amp;Ordner öffnen …</translation>
  </message>
  <message>
   <source>Open a folder, and caption what is new in it (Ctrl+O)</source>
   <translation>Einen Ordner öffnen und beschreiben, was darin neu ist (Strg+O)</translation>
  </message>
  <message>
   <source>Open with another program</source>
   <translation>Mit anderem Programm öffnen</translation>
  </message>
  <message>
   <source>Opened &amp;before</source>
   <translation>&amp;Zuletzt geöffnet</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Ablehnen</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>Alle auswählen</translation>
  </message>
  <message>
   <source>Show in its folder</source>
   <translation>Im Ordner zeigen</translation>
  </message>
  <message>
   <source>Show large</source>
   <translation>Groß zeigen</translation>
  </message>
  <message>
   <source>Switch to another library</source>
   <translation>Zu einer anderen Bibliothek wechseln</translation>
  </message>
  <message>
   <source>Take off the list…</source>
   <translation>Aus der Liste nehmen…</translation>
  </message>
  <message>
   <source>Take our words &amp;out of the selected photos</source>
   <translation>&amp;Unsere Wörter aus den ausgewählten Fotos entfernen</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>Werkzeuge</translation>
  </message>
  <message>
   <source>Undo the last run (Ctrl+Z)</source>
   <translation>Den letzten Lauf zurücknehmen (Strg+Z)</translation>
  </message>
 </context>
 <context>
  <name>deciding</name>
  <message>
   <source>Approving</source>
   <translation>Bestätigen</translation>
  </message>
  <message>
   <source>Rejecting</source>
   <translation>Ablehnen</translation>
  </message>
 </context>
 <context>
  <name>history</name>
  <message>
   <source>Approved</source>
   <translation>Bestätigt</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Beschrieben</translation>
  </message>
  <message>
   <source>Captioned again</source>
   <translation>Erneut beschrieben</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>Bearbeitet</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>Unsere Wörter entfernt</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Abgelehnt</translation>
  </message>
  <message>
   <source>Undone</source>
   <translation>Zurückgenommen</translation>
  </message>
  <message>
   <source>being taken back</source>
   <translation>wird zurückgenommen</translation>
  </message>
  <message>
   <source>changed by another program</source>
   <translation>von einem anderen Programm geändert</translation>
  </message>
  <message>
   <source>in the file</source>
   <translation>in der Datei</translation>
  </message>
  <message>
   <source>never reached the file</source>
   <translation>kam nie in die Datei</translation>
  </message>
  <message>
   <source>taken back</source>
   <translation>zurückgenommen</translation>
  </message>
  <message>
   <source>under way</source>
   <translation>im Gange</translation>
  </message>
 </context>
 <context>
  <name>opening</name>
  <message>
   <source>drop photos (JPEG, PNG, HEIC, RAW …) or folders of them</source>
   <translation>ziehen Sie Fotos (JPEG, PNG, HEIC, RAW …) oder Ordner davon hierher</translation>
  </message>
  <message>
   <source>{names}: no photo and no folder</source>
   <translation>{names}: kein Foto und kein Ordner</translation>
  </message>
 </context>
 <context>
  <name>questions</name>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>Nicht beenden</translation>
  </message>
  <message>
   <source>Go on working</source>
   <translation>Weiterarbeiten</translation>
  </message>
  <message>
   <source>Only those whose files are gone. What was said of them and never written into a file is lost.</source>
   <translation>Nur solche, deren Dateien nicht mehr da sind. Was über sie gesagt und nie in eine Datei geschrieben wurde, geht verloren.</translation>
  </message>
  <message>
   <source>Our words are taken out and these photos are not captioned again. You can undo it.</source>
   <translation>Unsere Wörter werden entfernt, und diese Fotos werden nicht wieder beschrieben. Sie können das rückgängig machen.</translation>
  </message>
  <message>
   <source>Photos are still being worked on.</source>
   <translation>An Fotos wird noch gearbeitet.</translation>
  </message>
  <message>
   <source>Quit nevertheless</source>
   <translation>Trotzdem beenden</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Ablehnen</translation>
  </message>
  <message numerus="yes">
   <source>Reject the captions of %n photos?</source>
   <translation>
    <numerusform>Die Beschreibung von %n Foto ablehnen?</numerusform>
    <numerusform>Die Beschreibungen von %n Fotos ablehnen?</numerusform>
   </translation>
  </message>
  <message>
   <source>Stop and quit</source>
   <translation>Stoppen und beenden</translation>
  </message>
  <message numerus="yes">
   <source>Take %n photos off the list?</source>
   <translation>
    <numerusform>%n Foto aus der Liste nehmen?</numerusform>
    <numerusform>%n Fotos aus der Liste nehmen?</numerusform>
   </translation>
  </message>
  <message>
   <source>Take off the list</source>
   <translation>Aus der Liste nehmen</translation>
  </message>
  <message>
   <source>Take this photo off the list?</source>
   <translation>Dieses Foto aus der Liste nehmen?</translation>
  </message>
  <message>
   <source>The photos in hand are finished. What is left can be done at the next start.</source>
   <translation>Die begonnenen Fotos werden fertig. Der Rest lässt sich beim nächsten Start erledigen.</translation>
  </message>
  <message>
   <source>What you typed and did not save would be lost.</source>
   <translation>Was Sie eingegeben und nicht gespeichert haben, ginge verloren.</translation>
  </message>
 </context>
 <context>
  <name>runs</name>
  <message>
   <source>Approved</source>
   <translation>Bestätigt</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Beschrieben</translation>
  </message>
  <message>
   <source>Captioned anew</source>
   <translation>Neu beschrieben</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>Bearbeitet</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>Unsere Wörter entfernt</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Abgelehnt</translation>
  </message>
  <message>
   <source>Undone, keeping others' changes</source>
   <translation>Zurückgenommen, Änderungen anderer behalten</translation>
  </message>
  <message>
   <source>undone</source>
   <translation>zurückgenommen</translation>
  </message>
  <message>
   <source>{action}: {count} changes</source>
   <translation>{action}: {count} Änderungen</translation>
  </message>
  <message>
   <source>{count} changed by another program</source>
   <translation>{count} von einem anderen Programm geändert</translation>
  </message>
  <message>
   <source>{count} undone</source>
   <translation>{count} zurückgenommen</translation>
  </message>
 </context>
 <context>
  <name>settings</name>
  <message>
   <source>0: the model decides for each tag.</source>
   <translation>0: Das Modell entscheidet für jedes Stichwort.</translation>
  </message>
  <message>
   <source>A caption that a person, or another program, wrote before.</source>
   <translation>Eine, die ein Mensch oder ein anderes Programm vorher geschrieben hat.</translation>
  </message>
  <message>
   <source>A caption that you approved is never changed.</source>
   <translation>Eine Beschreibung, die Sie bestätigt haben, wird nie geändert.</translation>
  </message>
  <message>
   <source>A dog on a beach</source>
   <translation>A dog on a beach</translation>
  </message>
  <message>
   <source>A dog on a beach.</source>
   <translation>A dog on a beach.</translation>
  </message>
  <message>
   <source>A graphics card needs the package onnxruntime-gpu.</source>
   <translation>Eine Grafikkarte braucht das Paket onnxruntime-gpu.</translation>
  </message>
  <message>
   <source>A sidecar is a small XMP file beside the photo.</source>
   <translation>Eine Begleitdatei ist eine kleine XMP-Datei neben dem Foto.</translation>
  </message>
  <message>
   <source>As the model says it</source>
   <translation>Wie das Modell es sagt</translation>
  </message>
  <message>
   <source>As they are</source>
   <translation>Wie sie sind</translation>
  </message>
  <message>
   <source>As usual: the best of several</source>
   <translation>Wie gewohnt: die beste von mehreren</translation>
  </message>
  <message>
   <source>Ask me below a score of</source>
   <translation>Nachfragen, wenn unter</translation>
  </message>
  <message>
   <source>At least so sure</source>
   <translation>Mindestens so sicher</translation>
  </message>
  <message>
   <source>Before every tag</source>
   <translation>Vor jedem Stichwort</translation>
  </message>
  <message>
   <source>Behind every tag</source>
   <translation>Hinter jedem Stichwort</translation>
  </message>
  <message>
   <source>Capital letters</source>
   <translation>Großbuchstaben</translation>
  </message>
  <message>
   <source>Captions</source>
   <translation>Beschreibungen</translation>
  </message>
  <message>
   <source>Captions that score less wait for your review. 0: none waits.</source>
   <translation>Beschreibungen mit niedrigerem Wert warten auf Ihre Durchsicht. 0: keine wartet.</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>Ordner wählen</translation>
  </message>
  <message>
   <source>Do not say man or woman</source>
   <translation>Nicht Mann oder Frau sagen</translation>
  </message>
  <message>
   <source>Each Word</source>
   <translation>Jedes Wort Groß</translation>
  </message>
  <message>
   <source>Fields for hierarchies</source>
   <translation>Felder für Hierarchien</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Dateien</translation>
  </message>
  <message>
   <source>First word</source>
   <translation>Erstes Wort</translation>
  </message>
  <message>
   <source>For every photo; photos stay as they are</source>
   <translation>Für jedes Foto; die Fotos bleiben, wie sie sind</translation>
  </message>
  <message>
   <source>Graphics card (CUDA)</source>
   <translation>Grafikkarte (CUDA)</translation>
  </message>
  <message>
   <source>How a caption is written</source>
   <translation>Schreibweise einer Beschreibung</translation>
  </message>
  <message>
   <source>In every photo</source>
   <translation>In jedem Foto</translation>
  </message>
  <message>
   <source>In so many megabytes</source>
   <translation>In so vielen Megabyte</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>Sie behalten</translation>
  </message>
  <message>
   <source>Keep so many days</source>
   <translation>So viele Tage behalten</translation>
  </message>
  <message>
   <source>Leave the date of change as it was</source>
   <translation>Das Änderungsdatum lassen, wie es war</translation>
  </message>
  <message>
   <source>Little: the first that is found</source>
   <translation>Wenig: die erste, die gefunden wird</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modell</translation>
  </message>
  <message>
   <source>Model and speed</source>
   <translation>Modell und Tempo</translation>
  </message>
  <message>
   <source>More are slower, and a little better.</source>
   <translation>Mehr sind langsamer und ein wenig besser.</translation>
  </message>
  <message>
   <source>Most tags a photo</source>
   <translation>Höchstens so viele je Foto</translation>
  </message>
  <message>
   <source>Much: the best of many, slower</source>
   <translation>Viel: die beste von vielen, langsamer</translation>
  </message>
  <message>
   <source>My own words</source>
   <translation>Meine eigenen Wörter</translation>
  </message>
  <message>
   <source>Name of a new sidecar</source>
   <translation>Name einer neuen Begleitdatei</translation>
  </message>
  <message>
   <source>Names are labels of the model, or the words you write for them. * stands for any text.</source>
   <translation>Namen sind Bezeichnungen des Modells oder die Wörter, die Sie dafür schreiben. * steht für beliebigen Text.</translation>
  </message>
  <message>
   <source>Never</source>
   <translation>Nie</translation>
  </message>
  <message>
   <source>Never these</source>
   <translation>Diese nie</translation>
  </message>
  <message>
   <source>One a line: dog = Hund</source>
   <translation>Eine je Zeile: dog = Hund</translation>
  </message>
  <message>
   <source>One a line: dog = pet, animal</source>
   <translation>Eine je Zeile: dog = pet, animal</translation>
  </message>
  <message>
   <source>One a line: person = 0.8</source>
   <translation>Eine je Zeile: person = 0.8</translation>
  </message>
  <message>
   <source>Only these</source>
   <translation>Nur diese</translation>
  </message>
  <message>
   <source>Otherwise captions and tags are kept in the index only, where search finds them.</source>
   <translation>Sonst bleiben Beschreibungen und Stichwörter nur im Index, wo die Suche sie findet.</translation>
  </message>
  <message>
   <source>Parents</source>
   <translation>Oberbegriffe</translation>
  </message>
  <message>
   <source>Photos at once</source>
   <translation>Fotos auf einmal</translation>
  </message>
  <message>
   <source>Photos with several names</source>
   <translation>Fotos mit mehreren Namen</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>Prozessor</translation>
  </message>
  <message>
   <source>Put ours behind it</source>
   <translation>Unsere dahinter setzen</translation>
  </message>
  <message>
   <source>Put ours in its place</source>
   <translation>Unsere an ihre Stelle setzen</translation>
  </message>
  <message>
   <source>Runs on</source>
   <translation>Läuft auf</translation>
  </message>
  <message>
   <source>Sentences weighed side by side</source>
   <translation>Sätze, die nebeneinander abgewogen werden</translation>
  </message>
  <message>
   <source>Several are separated by commas.</source>
   <translation>Mehrere werden durch Kommas getrennt.</translation>
  </message>
  <message>
   <source>Sidecars</source>
   <translation>Begleitdateien</translation>
  </message>
  <message>
   <source>So sure for single tags</source>
   <translation>So sicher bei einzelnen Stichwörtern</translation>
  </message>
  <message>
   <source>Some backup programs give one file several names.</source>
   <translation>Manche Sicherungsprogramme geben einer Datei mehrere Namen.</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Stichwörter</translation>
  </message>
  <message>
   <source>Take it out of these settings</source>
   <translation>Aus diesen Einstellungen nehmen</translation>
  </message>
  <message>
   <source>The folder of a model.</source>
   <translation>Der Ordner eines Modells.</translation>
  </message>
  <message>
   <source>The model guesses it, and is often wrong: person says as much.</source>
   <translation>Das Modell rät es und irrt sich oft: „person“ sagt ebenso viel.</translation>
  </message>
  <message>
   <source>The picture itself is never touched, only the words that are stored with it.</source>
   <translation>Das Bild selbst wird nie angerührt, nur die Wörter, die dabei gespeichert sind.</translation>
  </message>
  <message>
   <source>Those of Lightroom and digiKam.</source>
   <translation>Die von Lightroom und digiKam.</translation>
  </message>
  <message>
   <source>Threads that read photos</source>
   <translation>Threads, die Fotos lesen</translation>
  </message>
  <message>
   <source>Trouble taken over a caption</source>
   <translation>Mühe für eine Beschreibung</translation>
  </message>
  <message>
   <source>UPPER CASE</source>
   <translation>GROSSBUCHSTABEN</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>What is older, or does not fit, can no longer be undone.</source>
   <translation>Was älter ist oder nicht hineinpasst, lässt sich nicht mehr rückgängig machen.</translation>
  </message>
  <message>
   <source>What is slow on one computer may be right on another: Models in the menu measures it.</source>
   <translation>Was auf einem Computer langsam ist, kann auf einem anderen richtig sein: Modelle im Menü misst es.</translation>
  </message>
  <message>
   <source>Whatever is there</source>
   <translation>Was da ist</translation>
  </message>
  <message>
   <source>Where a photo has a caption</source>
   <translation>Wo ein Foto eine Beschreibung hat</translation>
  </message>
  <message>
   <source>Where the model has learned to choose among several.</source>
   <translation>Wo das Modell gelernt hat, unter mehreren zu wählen.</translation>
  </message>
  <message>
   <source>Where the photo cannot hold words, or has one</source>
   <translation>Wo das Foto keine Wörter aufnimmt oder schon eine hat</translation>
  </message>
  <message>
   <source>Where the photo has them</source>
   <translation>Wo das Foto sie hat</translation>
  </message>
  <message>
   <source>Write a sidecar</source>
   <translation>Eine Begleitdatei schreiben</translation>
  </message>
  <message>
   <source>Write into the photos</source>
   <translation>In die Fotos schreiben</translation>
  </message>
  <message>
   <source>Write parents as tags too</source>
   <translation>Oberbegriffe auch als Stichwörter schreiben</translation>
  </message>
  <message>
   <source>Write the photo, which separates the names</source>
   <translation>Das Foto schreiben, was die Namen trennt</translation>
  </message>
  <message>
   <source>a dog on a beach</source>
   <translation>a dog on a beach</translation>
  </message>
  <message>
   <source>all that the model knows</source>
   <translation>alle, die das Modell kennt</translation>
  </message>
  <message>
   <source>as many as suit</source>
   <translation>so viele, wie passen</translation>
  </message>
  <message>
   <source>as the model has it</source>
   <translation>wie das Modell es hat</translation>
  </message>
  <message>
   <source>lower case</source>
   <translation>kleinbuchstaben</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>ohne Grenze</translation>
  </message>
  <message>
   <source>none</source>
   <translation>keine</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>nichts</translation>
  </message>
  <message>
   <source>photo.jpg.xmp (darktable, digiKam)</source>
   <translation>photo.jpg.xmp (darktable, digiKam)</translation>
  </message>
  <message>
   <source>photo.xmp (Lightroom, Capture One)</source>
   <translation>photo.xmp (Lightroom, Capture One)</translation>
  </message>
  <message>
   <source>the one that came along</source>
   <translation>das mitgelieferte</translation>
  </message>
  <message>
   <source>{setting}: take it out of these settings</source>
   <translation>{setting}: aus diesen Einstellungen nehmen</translation>
  </message>
 </context>
 <context>
  <name>state</name>
  <message>
   <source>Approved</source>
   <translation>Bestätigt</translation>
  </message>
  <message>
   <source>Approved: the model leaves it alone</source>
   <translation>Bestätigt: Das Modell lässt es in Ruhe</translation>
  </message>
  <message>
   <source>By the model</source>
   <translation>Vom Modell</translation>
  </message>
  <message>
   <source>Captioned by the model</source>
   <translation>Vom Modell beschrieben</translation>
  </message>
  <message>
   <source>Changed by another program</source>
   <translation>Von anderem Programm geändert</translation>
  </message>
  <message>
   <source>Changed by another program, or gone</source>
   <translation>Von einem anderen Programm geändert oder nicht mehr da</translation>
  </message>
  <message>
   <source>Could not be captioned</source>
   <translation>Konnte nicht beschrieben werden</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Nicht gelungen</translation>
  </message>
  <message>
   <source>New</source>
   <translation>Neu</translation>
  </message>
  <message>
   <source>New: not captioned yet</source>
   <translation>Neu: noch nicht beschrieben</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Abgelehnt</translation>
  </message>
  <message>
   <source>Rejected: never captioned again</source>
   <translation>Abgelehnt: wird nie wieder beschrieben</translation>
  </message>
  <message>
   <source>Waits for you</source>
   <translation>Wartet auf Sie</translation>
  </message>
  <message>
   <source>Waits for you to approve it</source>
   <translation>Wartet auf Ihre Bestätigung</translation>
  </message>
 </context>
 <context>
  <name>texts</name>
  <message>
   <source>approved</source>
   <translation>bestätigt</translation>
  </message>
  <message>
   <source>captioned</source>
   <translation>beschrieben</translation>
  </message>
  <message>
   <source>cleaned</source>
   <translation>bereinigt</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>bearbeitet</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>nicht gelungen</translation>
  </message>
  <message>
   <source>left alone</source>
   <translation>in Ruhe gelassen</translation>
  </message>
  <message>
   <source>less than a minute left</source>
   <translation>weniger als eine Minute</translation>
  </message>
  <message>
   <source>put back</source>
   <translation>zurückgeholt</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>abgelehnt</translation>
  </message>
  <message>
   <source>unchanged</source>
   <translation>unverändert</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation>noch {hours} h {minutes} min</translation>
  </message>
  <message>
   <source>{minutes} min left</source>
   <translation>noch {minutes} min</translation>
  </message>
  <message>
   <source>{rate} photos/min</source>
   <translation>{rate} Fotos/min</translation>
  </message>
  <message>
   <source>{rate} photos/s</source>
   <translation>{rate} Fotos/s</translation>
  </message>
 </context>
</TS>
